import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobsFull } from "../ports/blobs.ts";
import { blobsContract } from "./blobs-contract.ts";
import { createDiskBlobs } from "./blobs-disk.ts";

const made: string[] = [];
afterAll(() => made.forEach((dir) => rmSync(dir, { recursive: true, force: true })));

function freshDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "sotto-blobs-"));
  made.push(dir);
  return dir;
}

blobsContract("disk", async () => {
  const dir = freshDir();
  return {
    blobs: await createDiskBlobs({ dir, reserveBytes: 0 }),
    reopen: () => createDiskBlobs({ dir, reserveBytes: 0 }),
  };
});

test("disk: a full disk refuses with BlobsFull and leaves nothing behind", async () => {
  const dir = freshDir();
  const blobs = await createDiskBlobs({ dir, reserveBytes: Number.MAX_SAFE_INTEGER });
  expect(blobs.put("media/a/list", new Uint8Array(10))).rejects.toBeInstanceOf(BlobsFull);
  expect(readdirSync(dir, { recursive: true })).toEqual([".unfinished"]);
});

test("disk: what a killed process left half-written goes at a start an hour later; what another one writes now stays", async () => {
  const dir = freshDir();
  await createDiskBlobs({ dir });
  for (const name of ["old", "young"]) writeFileSync(join(dir, ".unfinished", name), "half");
  const twoHoursAgo = new Date(Date.now() - 2 * 3_600_000);
  utimesSync(join(dir, ".unfinished", "old"), twoHoursAgo, twoHoursAgo);
  await createDiskBlobs({ dir });
  expect(readdirSync(join(dir, ".unfinished"))).toEqual(["young"]);
});

test("disk: an emptied medium leaves no folder", async () => {
  const dir = freshDir();
  const blobs = await createDiskBlobs({ dir, reserveBytes: 0 });
  await blobs.put("media/a/list", new Uint8Array(10));
  await blobs.delete("media/a/list");
  expect(readdirSync(join(dir, "media"))).toEqual([]);
});
