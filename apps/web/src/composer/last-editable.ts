import type { Message } from "@sotto/protocol/types.ts";
import { mayEdit } from "../conversation/menu-items.ts";

/** What ↑ in an empty box leads to: the newest message of mine, where it can still be changed. */
export function lastEditable(messages: readonly Message[], myId: string, nowMs = Date.now()): Message | null {
  const mine = messages.findLast((message) => message.senderId === myId);
  return mine !== undefined && mine.text !== "" && mayEdit(mine, nowMs) ? mine : null;
}
