import { messageId } from "../../../apps/server/src/message-id.ts";
import type { Operation } from "../operations.ts";

/** To one of the last messages: its quote has to follow it (R9). */
export const reply: Operation = {
  name: "reply",
  weight: 6,
  async run({ device, draw, chat, word }) {
    const { lastSeq } = device.known(chat.id);
    if (lastSeq === 0) return;
    const replyToId = messageId(chat.id, lastSeq - draw.below(Math.min(lastSeq, 12)));
    await device.send("reply", { conversationId: chat.id, text: word, replyToId });
  },
};
