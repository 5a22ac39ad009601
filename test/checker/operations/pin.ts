import { messageId } from "../../../apps/server/src/message-id.ts";
import type { Operation } from "../operations.ts";

/** For everybody in the conversation, and back again. */
export const pin: Operation = {
  name: "pin",
  weight: 2,
  async run({ device, draw, chat }) {
    const { lastSeq } = device.known(chat.id);
    if (lastSeq === 0) return;
    const asked = { conversationId: chat.id, messageId: messageId(chat.id, 1 + draw.below(lastSeq)) };
    await device.call("pin", draw.chance(0.5) ? "messages.pin" : "messages.unpin", asked);
  },
};
