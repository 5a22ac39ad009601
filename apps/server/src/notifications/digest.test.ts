import { expect, test } from "bun:test";
import { digestIsDue } from "./digest-due.ts";
import { digestLetter } from "./digest-letter.ts";
import { digestToken, readDigestToken } from "./digest-token.ts";

test("C7 a digest is due once in the morning of one's own zone", () => {
  const due = (
    iso: string,
    madeAt: string | null,
    every: "daily" | "weekly" | "off" = "daily",
    timeZone = "Asia/Kathmandu",
  ) => digestIsDue(every, { now: new Date(iso), madeAt: madeAt === null ? null : new Date(madeAt), timeZone });
  expect(due("2026-06-10T02:14:00Z", null)).toBe(false);
  expect(due("2026-06-10T02:15:00Z", null)).toBe(true);
  expect(due("2026-06-10T02:30:00Z", "2026-06-10T02:15:10Z")).toBe(false);
  expect(due("2026-06-11T02:15:00Z", "2026-06-10T02:15:10Z")).toBe(true);
  expect(due("2026-06-10T06:15:00Z", null)).toBe(false);
  expect(due("2026-06-10T03:00:00Z", null, "off")).toBe(false);
  // The 8th of June 2026 is a Monday.
  expect(due("2026-06-08T08:30:00Z", "2026-06-01T08:15:00Z", "weekly", "UTC")).toBe(true);
  expect(due("2026-06-09T08:30:00Z", "2026-06-02T08:15:00Z", "weekly", "UTC")).toBe(false);
  expect(due("2026-06-10T08:30:00Z", "2026-06-01T08:15:00Z", "weekly", "UTC")).toBe(true);
  const hours = Array.from({ length: 24 * 365 }, (_, hour) => new Date(Date.UTC(2026, 0, 1, hour)));
  for (const timeZone of ["Europe/Madrid", "Australia/Lord_Howe", "America/Los_Angeles"]) {
    let madeAt: Date | null = null;
    let made = 0;
    for (const now of hours)
      if (digestIsDue("daily", { now, madeAt, timeZone })) {
        madeAt = now;
        made += 1;
      }
    expect([timeZone, Math.abs(made - 365) <= 1]).toEqual([timeZone, true]);
  }
});

test("R24 a link ends one person's digest, and none that this server did not make ends any", () => {
  const [key, other] = ["aa".repeat(32), "bb".repeat(32)];
  const [anna, ben] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()];
  const token = digestToken(key, anna);
  expect(readDigestToken(key, token)).toBe(anna);
  const forged = [
    "",
    anna,
    `${anna}.`,
    token.replace(anna, ben),
    digestToken(other, anna),
    `${token}x`,
    `${token}.x`,
    token.slice(0, -1),
    token.toUpperCase(),
  ];
  expect(forged.filter((one) => readDigestToken(key, one) !== null)).toEqual([]);
});

test("T20 what people write stays text in a letter", () => {
  const letter = digestLetter(
    { lines: [{ title: "<b>Anna</b>", body: `<img src=x onerror="alert(1)">&'` }], conversations: 1, requests: 2 },
    {
      name: "</p><script>",
      address: "a@b",
      language: "ar",
      site: "https://talk.example.org",
      endUrl: "https://talk.example.org/unsubscribe#t",
      unsubscribeUrl: "https://talk.example.org/v1/digest/unsubscribe?token=t",
    },
  );
  expect(letter.html).not.toMatch(/<img|<script|<b>Anna/);
  expect(letter.html).toContain('dir="rtl"');
  expect(letter.text).toContain(`<b>Anna</b>: <img src=x onerror="alert(1)">&'`);
});
