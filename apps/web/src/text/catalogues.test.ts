import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { expect, test } from "bun:test";
import { ar } from "./ar.ts";
import { en, type MessageId } from "./en.ts";

const ids = Object.keys(en) as MessageId[];

test("catalogues: Arabic has every sentence of English, with the same placeholders", () => {
  const wrong = ids.filter((id) => placeholders(en[id]) !== placeholders(ar[id]) || ar[id].trim() === "");
  expect(wrong).toEqual([]);
  expect(Object.keys(ar).filter((id) => !(id in en))).toEqual([]);
  console.log(`catalogues: ${ids.length} sentences in each of 2 languages`);
});

test("catalogues: where English counts, Arabic has its six forms", () => {
  const needed = new Intl.PluralRules("ar").resolvedOptions().pluralCategories.toSorted();
  expect(needed.length).toBe(6);
  for (const id of ids) {
    const english = plurals(parse(en[id]));
    const arabic = plurals(parse(ar[id]));
    expect({ id, counts: [...arabic.keys()].toSorted() }).toEqual({ id, counts: [...english.keys()].toSorted() });
    for (const forms of arabic.values()) expect({ id, forms: forms.toSorted() }).toEqual({ id, forms: needed });
    for (const forms of english.values()) expect(forms).toContain("other");
  }
});

test("catalogues: an Arabic sentence is written in Arabic", () => {
  const latin = ids.filter((id) => !/\p{Script=Arabic}/u.test(ar[id]) && /\p{L}/u.test(withoutArguments(ar[id])));
  expect(latin).toEqual([]);
});

function placeholders(text: string): string {
  return [...namesIn(parse(text))].toSorted().join(" ");
}

function namesIn(elements: MessageFormatElement[]): Set<string> {
  const names = new Set<string>();
  for (const element of elements) {
    if (element.type !== TYPE.literal && element.type !== TYPE.pound) names.add(element.value);
    if (element.type === TYPE.plural || element.type === TYPE.select)
      for (const option of Object.values(element.options)) for (const name of namesIn(option.value)) names.add(name);
  }
  return names;
}

function plurals(elements: MessageFormatElement[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const element of elements)
    if (element.type === TYPE.plural)
      found.set(
        element.value,
        Object.keys(element.options).filter((form) => !form.startsWith("=")),
      );
  return found;
}

function withoutArguments(text: string): string {
  return parse(text)
    .map((element) => (element.type === TYPE.literal ? element.value : ""))
    .join("");
}
