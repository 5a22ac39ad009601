import { expect, test } from "bun:test";
import { standsInText } from "./address-in-text.ts";

const bank = "https://bank.example/in";

test("T21 an address stands in a text as a link of its own, and not as a part of another", () => {
  const stands = ["", "Look: ", "Look:", "(", "«", "see https://one.example and "].flatMap((before) =>
    ["", ".", ")", "), and", " more", "\nmore", "…", '"', ">"].map((end) => `${before}${bank}${end}`),
  );
  const part = [
    ...["", "no address", bank.slice(0, -1), bank.toUpperCase(), "bank.example/in"],
    ...["x", "/login", ".evil.example", "?to=1", "#a", "@evil.example", "(", "%20"].map((more) => bank + more),
    ...["https://evil.example/?", "http://evil.example/#", "https://evil.example/"].map((before) => before + bank),
  ];
  expect(stands.filter((text) => !standsInText(bank, text))).toEqual([]);
  expect(part.filter((text) => standsInText(bank, text))).toEqual([]);
  expect(standsInText("", "https://one.example")).toBe(false);
});

test("T28 50 kB of the worst addresses take some milliseconds", () => {
  const url = `https://${"a".repeat(2_000)}`;
  const worst = [
    `${url}${".".repeat(48_000)}x`,
    `${url}x `.repeat(25),
    "https://".repeat(6_000),
    "http".repeat(12_000),
  ];
  const beganMs = performance.now();
  expect(worst.filter((text) => standsInText(url, text))).toEqual([]);
  console.log(`T28: ${worst.length} worst texts in ${Math.round(performance.now() - beganMs)} ms`);
});
