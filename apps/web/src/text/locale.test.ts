import { expect, test } from "bun:test";
import { directionOf, languageOf, localeOf, numberText, setLocale } from "./locale.ts";

test("languages: the device's first one that the app speaks, in the device's own variant", () => {
  expect(languageOf(["ar-EG", "en"])).toBe("ar");
  expect(languageOf(["de-DE", "AR", "en"])).toBe("ar");
  expect(languageOf(["de-DE", "fr"])).toBe("en");
  expect(languageOf([])).toBe("en");
  expect(localeOf("en", ["ar-EG", "en-GB"])).toBe("en-GB");
  expect(localeOf("ar", ["en-GB"])).toBe("ar");
  expect(directionOf("ar")).toBe("rtl");
  expect(directionOf("en")).toBe("ltr");
});

test("languages: numbers are written as the language writes them", () => {
  setLocale("ar");
  const arabic = numberText(1234);
  setLocale("en");
  expect(arabic).toBe(new Intl.NumberFormat("ar").format(1234));
  expect(numberText(1234)).toBe("1,234");
});
