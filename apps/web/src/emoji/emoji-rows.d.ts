declare module "virtual:emoji-rows" {
  export const rows: readonly import("../../emoji-rows.ts").EmojiRow[];
}
