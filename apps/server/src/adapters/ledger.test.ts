import { afterAll, afterEach, expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LedgerAway, type LedgerEntry } from "../ports/ledger.ts";
import { createDiskBlobs } from "./blobs-disk.ts";
import { blobsLedger } from "./ledger-blobs.ts";
import { ledgerContract, readAll } from "./ledger-contract.ts";
import { diskLedger } from "./ledger-disk.ts";

const made: string[] = [];
afterAll(() => made.forEach((dir) => rmSync(dir, { recursive: true, force: true })));

function freshDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "sotto-ledger-"));
  made.push(dir);
  return join(dir, "erasures");
}

/** A ledger keeps its file open: the test's end closes it. */
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const ledger of opened.splice(0)) await ledger[Symbol.asyncDispose]();
});
function openLedger(dir: string): ReturnType<typeof diskLedger> {
  const ledger = diskLedger({ dir });
  opened.push(ledger);
  return ledger;
}

ledgerContract("disk", async () => {
  const dir = freshDir();
  return { ledger: openLedger(dir), another: () => openLedger(dir) };
});

const entry: LedgerEntry = { kind: "backup", id: Bun.randomUUIDv7(), at: "2026-01-02T03:04:05.678Z" };

test("disk: a line that a crash cut short was never promised; a damaged one is an error, not a gap", async () => {
  const dir = freshDir();
  await openLedger(dir).append([entry]);
  const [part = ""] = readdirSync(dir);
  appendFileSync(join(dir, part), '{"kind":"message","subj');
  expect(await readAll(openLedger(dir))).toEqual([entry]);
  appendFileSync(join(dir, part), "\n");
  await expect(readAll(openLedger(dir))).rejects.toThrow(`${part}, line 2`);
});

test("disk: a kind that a newer Sotto wrote is an error, not a gap", async () => {
  const dir = freshDir();
  await openLedger(dir).append([entry]);
  writeFileSync(join(dir, "newer.jsonl"), `${JSON.stringify({ ...entry, kind: "person" })}\n`);
  await expect(readAll(openLedger(dir))).rejects.toThrow("newer.jsonl");
});

test("disk: a folder that cannot be written throws LedgerAway, and serves again when it can", async () => {
  const dir = freshDir();
  writeFileSync(dir, "a file where the folder belongs");
  const ledger = openLedger(dir);
  await expect(ledger.append([entry])).rejects.toBeInstanceOf(LedgerAway);
  rmSync(dir);
  await ledger.append([entry]);
  expect(await readAll(ledger)).toEqual([entry]);
});

test("disk: a part that somebody tidied away is not written into the void", async () => {
  const dir = freshDir();
  const ledger = openLedger(dir);
  await ledger.append([entry]);
  for (const name of readdirSync(dir)) rmSync(join(dir, name));
  await ledger.append([entry]);
  expect(await readAll(ledger)).toEqual([entry]);
});

ledgerContract("blobs", async () => {
  const blobs = await createDiskBlobs({ dir: freshDir(), reserveBytes: 0 });
  return { ledger: blobsLedger({ blobs, where: "here" }), another: () => blobsLedger({ blobs, where: "here" }) };
});

test("blobs: a store that lists fewer than were asked for has not come to its end", async () => {
  const blobs = await createDiskBlobs({ dir: freshDir(), reserveBytes: 0 });
  const fewer = { ...blobs, list: (asked: Parameters<typeof blobs.list>[0]) => blobs.list({ ...asked, limit: 2 }) };
  const ledger = blobsLedger({ blobs: fewer, where: "a bucket" });
  for (let count = 0; count < 5; count++) await ledger.append([entry]);
  expect(await readAll(ledger)).toHaveLength(5);
});
