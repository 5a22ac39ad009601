import { directionOf, language } from "./locale.ts";

const fromRight = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const fromLeft = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}]/u;

/**
 * A name or somebody's words inside of a sentence: where they run against it they are set apart (UAX #9, FSI and PDI), so that
 * the colon after an Arabic name stands after it in English too. What runs along is left as it is.
 */
export function setApart(text: string): string {
  const against = directionOf(language()) === "rtl" ? fromLeft : fromRight;
  return against.test(text) ? `\u2068${text}\u2069` : text;
}

/** `@ines`, from left to right in every language: else the @ would follow the name. */
export function atName(username: string): string {
  return directionOf(language()) === "rtl" ? `\u2066@${username}\u2069` : `@${username}`;
}
