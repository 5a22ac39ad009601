import type { Operation } from "../operations.ts";

export const history: Operation = {
  name: "history",
  weight: 8,
  async run({ device, draw, chat }) {
    const { lastSeq } = device.known(chat.id);
    const [way, at, limit] = [draw.below(3), draw.below(lastSeq + 2), 1 + draw.below(40)];
    const range = way === 0 ? {} : way === 1 ? { before: at } : { after: at };
    await device.call("history", "messages.list", { conversationId: chat.id, limit, ...range });
  },
};
