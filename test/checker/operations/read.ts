import type { Operation } from "../operations.ts";

/** Often the newest, sometimes an older one, which may not move the marker back (R16). */
export const read: Operation = {
  name: "read",
  weight: 10,
  async run({ device, draw, chat }) {
    const { lastSeq } = device.known(chat.id);
    const seq = draw.chance(0.6) ? lastSeq : draw.below(lastSeq + 1);
    await device.call("read", "conversations.markRead", { conversationId: chat.id, seq });
  },
};
