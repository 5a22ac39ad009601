import type { LanguageTag } from "@sotto/protocol/languages.ts";
import { languages } from "@sotto/protocol/languages.ts";
import { en, type MessageId } from "./en.ts";
import { deviceLocales, directionOf, languageOf, locale, setLocale } from "./locale.ts";

/** A language with its words. English is in the app, others come when they are wanted. */
export interface Catalogue {
  language: LanguageTag;
  /** For numbers and moments: the device's variant of the language. */
  locale: string;
  messages: Record<MessageId, string>;
}

const key = "sotto.language";
const load: Record<Exclude<LanguageTag, "en">, () => Promise<Catalogue["messages"]>> = {
  ar: async () => (await import("./ar.ts")).ar,
};
let current: Catalogue = { language: "en", locale: locale(), messages: en };
let wanted: LanguageTag = "en";
const listeners = new Set<() => void>();

/** Before the first paint: what was chosen here last, else the device's. */
export function startLanguage(): Promise<void> {
  addEventListener("languagechange", () => void follow(stored()));
  return follow(stored());
}

/** As the account has it; null follows the device. Kept here, so that the door speaks it as well. */
export function followLanguage(setting: LanguageTag | null): void {
  if (setting === null) localStorage.removeItem(key);
  else localStorage.setItem(key, setting);
  void follow(setting);
}

export function catalogue(): Catalogue {
  return current;
}

export function subscribeToLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function follow(setting: LanguageTag | null): Promise<void> {
  wanted = setting ?? languageOf(deviceLocales());
  const language = wanted;
  if (language === current.language) return show(current.messages, language);
  try {
    const messages = language === "en" ? en : await load[language]();
    // Another choice may have overtaken this one.
    if (language === wanted) show(messages, language);
  } catch {
    // Its words cannot be reached: what is shown stays, and the next start tries again.
  }
}

function show(messages: Catalogue["messages"], language: LanguageTag): void {
  setLocale(language);
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
  if (current.language === language && current.locale === locale()) return;
  current = { language, locale: locale(), messages };
  for (const listener of listeners) listener();
}

function stored(): LanguageTag | null {
  const text = localStorage.getItem(key);
  return languages.find((one) => one === text) ?? null;
}
