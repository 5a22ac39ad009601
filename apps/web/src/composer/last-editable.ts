import type { Me, Message } from "@sotto/protocol/types.ts";
import { mayEdit } from "../conversation/menu-items.ts";

/** What ↑ in an empty box leads to: the newest message of mine, where it can still be changed. */
export function lastEditable(
  messages: readonly Message[],
  me: Pick<Me, "id" | "editWindowMinutes">,
  nowMs = Date.now(),
): Message | null {
  const { editWindowMinutes } = me;
  const mine = messages.findLast((message) => message.senderId === me.id);
  return mine !== undefined && mine.text !== "" && mayEdit(mine, { editWindowMinutes, nowMs }) ? mine : null;
}
