import type { Operation } from "../operations.ts";

/** The same client id and content once more, as after a lost answer (R13). */
export const resend: Operation = {
  name: "resend",
  weight: 6,
  async run({ device, draw }) {
    const own = draw.pick(device.sent.slice(-12));
    if (!own || (device.isSdk && own.messageId === null)) return;
    const { messageId: _, ...input } = own;
    await device.call("resend", "messages.send", input);
  },
};
