import { useCallback, useSyncExternalStore } from "react";

/** What this device remembers of emoji: the ones used last, and the skin tone. */
export const tones = ["none", "light", "medium-light", "medium", "medium-dark", "dark"] as const;
export type Tone = (typeof tones)[number];

const recentKey = "sotto.emoji.recent";
const toneKey = "sotto.emoji.tone";
const mostRecent = 16;
const listeners = new Set<() => void>();

export function keepRecent(emoji: string): void {
  set(recentKey, withRecent(recentOf(localStorage.getItem(recentKey)), emoji).join(" "));
}

/** Newest first, each once. */
export function withRecent(recent: readonly string[], emoji: string): string[] {
  return [emoji, ...recent.filter((one) => one !== emoji)].slice(0, mostRecent);
}

/** What storage holds may be anything: only emoji are shown. */
export function recentOf(stored: string | null): string[] {
  return (stored ?? "").split(" ").filter((one) => /^\p{RGI_Emoji}$/v.test(one));
}

export function keepTone(tone: Tone): void {
  set(toneKey, tone);
}

export function useRecent(): string[] {
  return recentOf(useStored(recentKey));
}

export function useTone(): Tone {
  const stored = useStored(toneKey);
  return tones.find((one) => one === stored) ?? "none";
}

function useStored(key: string): string | null {
  return useSyncExternalStore(
    subscribe,
    useCallback(() => localStorage.getItem(key), [key]),
  );
}

function set(key: string, value: string): void {
  localStorage.setItem(key, value);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
