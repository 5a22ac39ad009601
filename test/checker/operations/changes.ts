import type { Operation } from "../operations.ts";

/** From any change number on: what a client asks that was away for a while. */
export const changes: Operation = {
  name: "changes",
  weight: 6,
  async run({ device, draw, chat }) {
    const after = draw.below(device.known(chat.id).change + 1);
    await device.call("changes", "messages.changes", { conversationId: chat.id, after, limit: 1 + draw.below(60) });
  },
};
