import type { EmojiData } from "frimousse";
import { rows } from "virtual:emoji-rows";
import type { MessageId } from "../text/en.ts";
import type { Translate } from "../text/intl.tsx";

/** The categories of the open data, by their numbers there; 2 are parts of emoji. */
const categories = {
  0: "emoji.smileys",
  1: "emoji.people",
  3: "emoji.nature",
  4: "emoji.food",
  5: "emoji.travel",
  6: "emoji.activities",
  7: "emoji.objects",
  8: "emoji.symbols",
  9: "emoji.flags",
} as const satisfies Record<number, MessageId>;

/** The rows as the grid takes them. Shortcodes are words to find an emoji by as well. */
export function gridData(t: Translate): EmojiData {
  return {
    locale: "en",
    emojis: rows.map(([emoji, label, category, tags, shortcodes, skins]) => ({
      emoji,
      label,
      category,
      version: 1,
      tags: [...tags.split(" "), ...shortcodes.split(" ")],
      skins: skins && tonesOf(skins),
    })),
    categories: Object.entries(categories).map(([index, id]) => ({ index: Number(index), label: t(id) })),
    skinTones: {
      light: t("emoji.tone.light"),
      "medium-light": t("emoji.tone.medium-light"),
      medium: t("emoji.tone.medium"),
      "medium-dark": t("emoji.tone.medium-dark"),
      dark: t("emoji.tone.dark"),
    },
  };
}

function tonesOf(skins: readonly string[]) {
  const [light = "", mediumLight = "", medium = "", mediumDark = "", dark = ""] = skins;
  return { light, "medium-light": mediumLight, medium, "medium-dark": mediumDark, dark };
}
