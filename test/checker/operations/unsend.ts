import type { Operation } from "../operations.ts";

export const unsend: Operation = {
  name: "unsend",
  weight: 6,
  async run({ device, draw }) {
    const own = draw.pick(device.sent.filter((one) => one.messageId !== null).slice(-20));
    if (!own) return;
    await device.call("unsend", "messages.unsend", { conversationId: own.conversationId, messageId: own.messageId });
  },
};
