import { languages, type LanguageTag } from "@sotto/protocol/languages.ts";

/**
 * The locale in which moments and numbers are written. The app's language decides; where the device has it in a variant of its own
 * (`en-GB`), that one.
 */
let current = localeOf("en", deviceLocales());
let spoken: LanguageTag = "en";

export function locale(): string {
  return current;
}

export function language(): LanguageTag {
  return spoken;
}

export function setLocale(chosen: LanguageTag): void {
  spoken = chosen;
  current = localeOf(chosen, deviceLocales());
}

/** The first of the device's languages that the app speaks; English where there is none. */
export function languageOf(preferred: readonly string[]): LanguageTag {
  for (const tag of preferred) {
    const known = languages.find((one) => one === primary(tag));
    if (known !== undefined) return known;
  }
  return "en";
}

export function localeOf(wanted: LanguageTag, preferred: readonly string[]): string {
  return preferred.find((tag) => primary(tag) === wanted) ?? wanted;
}

export function deviceLocales(): readonly string[] {
  // Where a test runs there may be none.
  return globalThis.navigator?.languages ?? [];
}

export function directionOf(tag: LanguageTag): "ltr" | "rtl" {
  return tag === "ar" ? "rtl" : "ltr";
}

/** A number as the reader writes it. */
export function numberText(value: number): string {
  return numbers(current).format(value);
}

const numbers = perLocale((name) => new Intl.NumberFormat(name));

/** Formatters are dear to make: one for each locale that was shown. */
export function perLocale<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const held = made.get(name) ?? make(name);
    made.set(name, held);
    return held;
  };
}

function primary(tag: string): string {
  return tag.toLowerCase().split("-", 1)[0] ?? "";
}
