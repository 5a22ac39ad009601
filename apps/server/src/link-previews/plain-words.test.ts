import { expect, test } from "bun:test";
import { plainWords } from "./plain-words.ts";
import { shownHost } from "./shown-host.ts";

test("T20 a stranger's words become one plain line", () => {
  expect(plainWords("  a \n\t b\u0000c\u0085d\u2028e ", 50)).toBe("a b c d e");
  expect(plainWords("a\u202eb\u2066c\u200fd\u200be\ufefff\u{e0041}g", 50)).toBe("abcdefg");
  expect(plainWords("👩‍👩‍👧‍👦 می‌خواهم", 50)).toBe("👩‍👩‍👧‍👦 می‌خواهم");
  expect(plainWords("👩‍👩‍👧‍👦".repeat(5), 3)).toBe(`${"👩‍👩‍👧‍👦".repeat(3)}…`);
  expect(plainWords(`a${"\u0301".repeat(500)}b`, 50)).toBe("ab");
  expect(plainWords("\ud800a\udfff", 50)).toBe("\ufffda\ufffd");
  expect(plainWords("x".repeat(100_000), 10)).toBe("xxxxxxxxxx…");
});

test("C21 a host is punycode wherever its letters could pass for others", () => {
  const shown = (host: string) => shownHost(`https://${host}/path?query`);
  expect(shown("www.example.com")).toBe("example.com");
  expect(shown("EXAMPLE.com:8443")).toBe("example.com:8443");
  // Cyrillic, Greek, Latin with accents, mixtures, and letters that look like dots or slashes.
  expect(shown("аррӏе.com")).toBe("xn--80ak6aa92e.com");
  expect(shown("gοοgle.com")).toBe("xn--ggle-0nda.com");
  expect(shown("müller.de")).toBe("xn--mller-kva.de");
  expect(shown("pаypal.com")).toBe("xn--pypal-4ve.com");
  expect(shown("日本a.jp")).toStartWith("xn--");
  expect(shown("日本語.jp")).toBe("日本語.jp");
  expect(shown("中国.com")).toBe("中国.com");
  expect(shown("한국.kr")).toBe("한국.kr");
  expect(shown("ไทย.th")).toBe("ไทย.th");
  expect(shown("[2001:4860:4860::8888]")).toBe("[2001:4860:4860::8888]");
});
