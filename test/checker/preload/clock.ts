import { readFileSync } from "node:fs";

/**
 * Loaded into a server before its own modules (`--preload`): its clock, `Date` in all its uses, runs ahead of the machine's or
 * behind it by as many milliseconds as a file says. `performance.now()`, timers, the ids that Bun makes and PostgreSQL's own
 * clock stay as they are.
 */
const file = process.env["SOTTO_TEST_CLOCK"];
const RealDate = Date;
const realNow = Date.now.bind(Date);
let offsetMs = 0;

const look = () => {
  try {
    offsetMs = Number(readFileSync(file ?? "", "utf8")) || 0;
  } catch {
    offsetMs = 0;
  }
};

if (file !== undefined) {
  look();
  setInterval(look, 100).unref();
  RealDate.now = () => realNow() + offsetMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, words, made) =>
      Reflect.construct(
        target,
        words.length === 0 ? [realNow() + offsetMs] : words,
        made === Date ? target : made,
      ) as object,
    apply: () => new RealDate(realNow() + offsetMs).toString(),
  });
}
