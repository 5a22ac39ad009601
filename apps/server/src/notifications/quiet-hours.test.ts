import { expect, test } from "bun:test";
import { quietUntil, wallClock } from "./quiet-hours.ts";

const night = { from: "22:00", to: "07:00" };
const at = (iso: string) => new Date(iso);
const until = (iso: string, hours: { from: string; to: string }, zone: string) =>
  quietUntil(at(iso), hours, zone)?.toISOString() ?? null;

test("C7 quiet hours over midnight, in the person's zone", () => {
  expect(until("2026-06-10T19:59:00Z", night, "Europe/Madrid")).toBeNull();
  expect(until("2026-06-10T20:00:00Z", night, "Europe/Madrid")).toBe("2026-06-11T05:00:00.000Z");
  expect(until("2026-06-11T04:59:59Z", night, "Europe/Madrid")).toBe("2026-06-11T05:00:00.000Z");
  expect(until("2026-06-11T05:00:00Z", night, "Europe/Madrid")).toBeNull();
  expect(until("2026-06-11T00:30:00Z", night, "Pacific/Kiritimati")).toBeNull();
  expect(until("2026-06-11T12:00:00Z", night, "Pacific/Kiritimati")).toBe("2026-06-11T17:00:00.000Z");
});

test("C7 quiet hours by day, of no length, and in a zone that nobody knows", () => {
  const lunch = { from: "12:00", to: "13:30" };
  expect(until("2026-01-05T12:45:00Z", lunch, "UTC")).toBe("2026-01-05T13:30:00.000Z");
  expect(until("2026-01-05T13:30:00Z", lunch, "UTC")).toBeNull();
  expect(until("2026-01-05T08:00:00Z", { from: "08:00", to: "08:00" }, "UTC")).toBeNull();
  expect(until("2026-01-05T23:00:00Z", night, "Mars/Olympus")).toBe("2026-01-06T07:00:00.000Z");
});

test("C7 quiet hours when the clock jumps: they end when the wall says so", () => {
  // Madrid, 29 March 2026: 02:00 becomes 03:00. 25 October: 03:00 becomes 02:00.
  expect(until("2026-03-28T22:30:00Z", night, "Europe/Madrid")).toBe("2026-03-29T05:00:00.000Z");
  expect(until("2026-10-24T22:30:00Z", night, "Europe/Madrid")).toBe("2026-10-25T06:00:00.000Z");
  // An end that the jump leaves out, and one that comes twice: the first moment at which it is not quiet.
  expect(until("2026-03-28T23:30:00Z", { from: "23:00", to: "02:30" }, "Europe/Madrid")).toBe(
    "2026-03-29T01:00:00.000Z",
  );
  expect(until("2026-10-24T22:30:00Z", { from: "23:00", to: "02:30" }, "Europe/Madrid")).toBe(
    "2026-10-25T00:30:00.000Z",
  );
});

test("C7 every minute of two days with a jump agrees with looking at each one", () => {
  const zones = ["Europe/Madrid", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "UTC"];
  const hours = [night, { from: "01:30", to: "02:30" }, { from: "02:30", to: "01:30" }, { from: "12:00", to: "12:01" }];
  let looked = 0;
  for (const zone of zones)
    for (const { from, to } of hours) {
      const clock = wallClock(zone);
      const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
      const quiet = (ms: number) => {
        const now = clock(new Date(ms));
        return minutes(from) <= minutes(to)
          ? now >= minutes(from) && now < minutes(to)
          : now >= minutes(from) || now < minutes(to);
      };
      for (const day of ["2026-03-28T12:00:00Z", "2026-04-04T06:00:00Z", "2026-10-24T12:00:00Z"])
        for (let minute = 0; minute < 2_880; minute += 97) {
          const nowMs = at(day).getTime() + minute * 60_000;
          let endMs = nowMs;
          while (quiet(endMs)) endMs += 60_000;
          looked += 1;
          const found = quietUntil(new Date(nowMs), { from, to }, zone)?.getTime() ?? null;
          expect([zone, from, to, new Date(nowMs).toISOString(), found]).toEqual([
            zone,
            from,
            to,
            new Date(nowMs).toISOString(),
            quiet(nowMs) ? endMs : null,
          ]);
        }
    }
  console.log(`quiet hours: ${looked} moments in ${zones.length} zones, differences: 0`);
});
