import type { Operation } from "../operations.ts";

export const block: Operation = {
  name: "block",
  weight: 2,
  async run({ device, draw, chat }) {
    const personId = draw.pick(chat.memberIds.filter((id) => id !== device.person.id));
    if (personId !== undefined) await device.call("block", "blocks.block", { personId });
  },
};
