import type { Operation } from "../operations.ts";

export const sendPhoto: Operation = {
  name: "sendPhoto",
  weight: 1.5,
  async run({ device, draw, chat, word, photos }) {
    const photo = draw.pick(photos);
    if (photo) await device.send("sendPhoto", { conversationId: chat.id, text: draw.chance(0.5) ? word : "", photo });
  },
};
