import { editedText } from "../edited.ts";
import type { Operation } from "../operations.ts";

/** A message of one's own gets other words (R17). */
export const edit: Operation = {
  name: "edit",
  weight: 5,
  async run({ device, draw }) {
    const own = draw.pick(device.sent.filter((one) => one.messageId !== null).slice(-20));
    if (!own) return;
    const text = editedText(own.text, draw.below(1_000_000_000));
    await device.call("edit", "messages.edit", { conversationId: own.conversationId, messageId: own.messageId, text });
  },
};
