import { messageId } from "../../../apps/server/src/message-id.ts";
import type { Operation } from "../operations.ts";

const emoji = ["\u{1f44d}", "\u2764\ufe0f", "\u{1f600}"];

/** To any message of the conversation, and back again. */
export const react: Operation = {
  name: "react",
  weight: 5,
  async run({ device, draw, chat }) {
    const { lastSeq } = device.known(chat.id);
    if (lastSeq === 0) return;
    const asked = {
      conversationId: chat.id,
      messageId: messageId(chat.id, lastSeq - draw.below(Math.min(lastSeq, 20))),
    };
    const command = draw.chance(0.7) ? "messages.react" : "messages.unreact";
    await device.call("react", command, { ...asked, emoji: draw.pick(emoji) });
  },
};
