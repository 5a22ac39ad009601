import type { Operation } from "../operations.ts";

const filler = ["", " and so on", " \u{1f33f}\u{1f3fd}", ` ${"long ".repeat(200)}`, "\nsecond line", " ١٢٣ עברית"];

export const send: Operation = {
  name: "send",
  weight: 34,
  async run({ device, draw, chat, word }) {
    await device.send("send", { conversationId: chat.id, text: word + (draw.pick(filler) ?? "") });
  },
};
