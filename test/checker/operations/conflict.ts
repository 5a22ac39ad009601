import type { Operation } from "../operations.ts";

/** The same client id with other content: refused, unless the message is a tombstone (R13). */
export const conflict: Operation = {
  name: "conflict",
  weight: 2,
  async run({ device, draw, word }) {
    const own = draw.pick(device.sent.filter((one) => one.messageId !== null).slice(-12));
    if (!own) return;
    const { conversationId, clientId } = own;
    await device.call("conflict", "messages.send", { conversationId, clientId, text: word });
  },
};
