import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Preloaded before the server: its clock is off by what the file `clock-offset-ms` in its data folder says, read again at each
 * SIGUSR2. Everything that asks JavaScript for the time sees it, the ids that are made of it too; the database does not.
 */
const path = join(process.env["SOTTO_DATA"] ?? ".", "clock-offset-ms");
const RealDate = Date;
const realUuid = Bun.randomUUIDv7;
let offsetMs = 0;
const now = () => RealDate.now() + offsetMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given) => (given.length === 0 ? new target(now()) : Reflect.construct(target, given)),
  apply: () => new RealDate(now()).toString(),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});
Bun.randomUUIDv7 = ((encoding?: "hex", at?: number) => realUuid(encoding ?? "hex", at ?? now())) as typeof realUuid;
process.on("SIGUSR2", () => {
  offsetMs = Number(readFileSync(path, "utf8"));
});
