import { describe, expect, test } from "bun:test";
import { safeHref, splitLinks } from "./links.ts";

describe("links in text (T20)", () => {
  test("only http and https become links", () => {
    for (const hostile of [
      "javascript:alert(1)",
      "data:text/html,x",
      "vbscript:x",
      "file:///etc/passwd",
      "blob:https://a.example/1",
      "//a.example",
    ]) {
      expect(splitLinks(`see ${hostile} now`).filter((part) => part.is === "link")).toEqual([]);
      expect(safeHref(hostile)).toBeNull();
    }
  });

  test("the parts joined are the text, whatever it is", () => {
    const texts = [
      "",
      "plain",
      "https://a.example/x.",
      "(see https://a.example/(b))",
      "https://a.example,https://b.example!",
      "http://",
      "https://[",
      "x\nhttps://é.example/ü y",
    ];
    for (const text of texts)
      expect(
        splitLinks(text)
          .map((part) => part.text)
          .join(""),
      ).toBe(text);
  });

  test("what ends a sentence stays outside", () => {
    expect(splitLinks("go to https://a.example/b?c=d. Then")[1]).toEqual({
      is: "link",
      text: "https://a.example/b?c=d",
      href: "https://a.example/b?c=d",
    });
    expect(splitLinks("(https://a.example/b)")[1]?.text).toBe("https://a.example/b");
    expect(splitLinks("https://a.example/(b)")[0]?.text).toBe("https://a.example/(b)");
  });

  test("a name before the host is not a link", () => {
    expect(splitLinks("https://bank.example@evil.example/")).toEqual([
      { is: "text", text: "https://bank.example@evil.example/" },
    ]);
  });

  test("T28: 60 kB of the worst text take one pass", () => {
    const began = performance.now();
    for (const worst of ["https://" + ")".repeat(60_000), "http://a".repeat(8_000), "https://a." + ".".repeat(60_000)])
      splitLinks(worst);
    const tookMs = performance.now() - began;
    console.log(`links: three worst strings of 60 kB in ${tookMs.toFixed(1)} ms`);
    expect(
      splitLinks("https://" + ")".repeat(60_000))
        .map((part) => part.text)
        .join("").length,
    ).toBe(60_008);
  });
});
