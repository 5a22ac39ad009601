import type { ConversationState } from "./interface.ts";

/** Pure: whether something that is shown changed. */

export function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

export function sameFields(a: ConversationState, b: ConversationState): boolean {
  const keys = Object.keys(b) as (keyof ConversationState)[];
  return keys.every((key) => a[key] === b[key]);
}
