import { expect, test } from "bun:test";
import { withMinutes } from "./minute-times.ts";

test("times put together from hour and minute are those of the formatter, in every language and hour", () => {
  const startMs = Date.UTC(2025, 0, 1);
  for (const locale of ["en", "en-GB", "en-US", "ar", "ar-EG", "ar-MA", "fa", "de"]) {
    const formatter = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
    const written = withMinutes(locale, formatter);
    // Steps that meet every hour of a day, many minutes, and both changes of the clock.
    for (let step = 0; step < 4_000; step += 1) {
      const atMs = startMs + step * 137 * 60_000 + (step % 61) * 1_000;
      expect(written(atMs)).toBe(formatter.format(atMs));
      expect(written(atMs + 60_000)).toBe(formatter.format(atMs + 60_000));
    }
  }
});
