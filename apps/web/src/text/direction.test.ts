import { expect, test } from "bun:test";
import { atName, setApart } from "./direction.ts";
import { setLocale } from "./locale.ts";

test("languages: what runs against the sentence is set apart, and nothing else", () => {
  setLocale("en");
  expect(setApart("Ines")).toBe("Ines");
  expect(setApart("نور")).toBe("\u2068نور\u2069");
  expect(atName("ines")).toBe("@ines");
  setLocale("ar");
  expect(setApart("نور")).toBe("نور");
  expect(setApart("Ines, نور")).toBe("\u2068Ines, نور\u2069");
  expect(setApart("14:30")).toBe("14:30");
  expect(atName("ines")).toBe("\u2066@ines\u2069");
  setLocale("en");
});
