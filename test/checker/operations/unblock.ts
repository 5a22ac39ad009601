import type { Operation } from "../operations.ts";

/** Somebody of one's conversations, blocked or not: more often than blocking, so that most can write most of the time. */
export const unblock: Operation = {
  name: "unblock",
  weight: 4,
  async run({ device, draw, chat }) {
    const personId = draw.pick(chat.memberIds.filter((id) => id !== device.person.id));
    if (personId !== undefined) await device.call("unblock", "blocks.unblock", { personId });
  },
};
