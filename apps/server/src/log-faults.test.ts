import { expect, test } from "bun:test";
import pino from "pino";
import { reportFault } from "./log-faults.ts";
import { BlobsAway } from "./ports/blobs.ts";

test("a place that is away is one line, however many requests fail; the unexpected is one line each", () => {
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const full = Object.assign(new Error("could not extend file"), { errno: "53100" });
  for (let n = 0; n < 1_000; n += 1) {
    reportFault(log, { error: full, fields: { requestId: String(n) }, words: "request failed" });
    reportFault(log, { error: new BlobsAway("the host is silent"), words: "request failed" });
  }
  for (let n = 0; n < 3; n += 1)
    reportFault(log, { error: new Error("a mistake"), fields: { requestId: "r" }, words: "request failed" });
  const said = lines.map((line) => JSON.parse(line) as { msg: string; requestId?: string });
  expect(said.length).toBe(5);
  expect(said[0]?.msg).toContain("disk of the database is full");
  expect(said[1]?.msg).toContain("photos cannot be kept or read");
  expect(said[4]).toMatchObject({ msg: "request failed", requestId: "r", error: { message: "a mistake" } });
});
