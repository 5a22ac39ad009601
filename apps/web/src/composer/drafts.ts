/** What was being written, per conversation, for as long as the tab lives. */
const prefix = "sotto.draft.";

export function readDraft(key: string): string {
  return sessionStorage.getItem(prefix + key) ?? "";
}

export function keepDraft(key: string, text: string): void {
  if (text === "") sessionStorage.removeItem(prefix + key);
  else sessionStorage.setItem(prefix + key, text);
}

export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
}
