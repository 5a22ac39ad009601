import type { Operation } from "../operations.ts";

/** For good: who left a group comes back by nobody (R7). Seldom, and never the first two, so that groups live on. */
export const leave: Operation = {
  name: "leave",
  weight: 0.4,
  async run({ device, chat }) {
    if (chat.kind !== "group" || chat.memberIds.indexOf(device.person.id) < 2) return;
    await device.call("leave", "conversations.leave", { conversationId: chat.id });
  },
};
