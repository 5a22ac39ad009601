import { expect, test } from "bun:test";
import type { Blobs } from "../ports/blobs.ts";

/** What every adapter of the blob port does. `open` gives an empty store; `reopen` the same one after a restart. */
export function blobsContract(name: string, open: Open): void {
  wholeBlobs(name, open);
  besideEachOther(name, open);
  lists(name, open);
}

type Open = () => Promise<{ blobs: Blobs; reopen: () => Promise<Blobs> }>;

const key = "media/0190-a/list";
const bytes = Uint8Array.from({ length: 700_001 }, (_, at) => at % 251);

function wholeBlobs(name: string, open: Open): void {
  test(`${name}: a blob comes back whole, also after a restart`, async () => {
    const { blobs, reopen } = await open();
    await blobs.put(key, bytes);
    expect(await read(blobs, key)).toEqual(bytes);
    expect(await read(await reopen(), key)).toEqual(bytes);
  });

  test(`${name}: ranges are inclusive and end at the end`, async () => {
    const { blobs } = await open();
    await blobs.put(key, bytes);
    expect(await read(blobs, key, { start: 10, end: 12 })).toEqual(bytes.slice(10, 13));
    expect(await read(blobs, key, { start: 700_000, end: 800_000 })).toEqual(bytes.slice(700_000));
    expect(await read(blobs, key, { start: 0, end: 700_000 })).toEqual(bytes);
  });

  test(`${name}: what is not there is null, and deleting it succeeds`, async () => {
    const { blobs } = await open();
    expect(await blobs.get(key)).toBeNull();
    await blobs.delete(key);
    await blobs.put(key, bytes);
    await blobs.delete(key);
    await blobs.delete(key);
    expect(await blobs.get(key)).toBeNull();
  });

  test(`${name}: an empty blob is a blob, and put replaces`, async () => {
    const { blobs } = await open();
    await blobs.put(key, new Uint8Array(0));
    expect(await read(blobs, key)).toEqual(new Uint8Array(0));
    await blobs.put(key, bytes);
    expect(await read(blobs, key)).toEqual(bytes);
  });

  test(`${name}: a blob of many pieces comes back whole, in any range`, async () => {
    const { blobs } = await open();
    const large = Uint8Array.from({ length: 5_000_003 }, (_, at) => (at * 7) % 253);
    await blobs.put(key, large);
    expect(Bun.hash(await must(blobs, key))).toBe(Bun.hash(large));
    for (const [start, end] of [
      [0, 1_048_575],
      [0, 1_048_576],
      [1_048_575, 3_000_000],
      [4_999_999, 5_000_002],
    ] as const)
      expect(Bun.hash(await must(blobs, key, { start, end }))).toBe(Bun.hash(large.subarray(start, end + 1)));
  });
}

function besideEachOther(name: string, open: Open): void {
  test(`${name}: a reader who began before the deletion reads the whole blob`, async () => {
    const { blobs } = await open();
    await blobs.put(key, bytes);
    const begun = await blobs.get(key);
    await blobs.delete(key);
    expect(begun && new Uint8Array(await new Response(begun).arrayBuffer())).toEqual(bytes);
  });

  test(`${name}: puts and deletes beside each other lose nothing`, async () => {
    const { blobs } = await open();
    const names = Array.from({ length: 40 }, (_, at) => `media/0190-b/n${at}`);
    await Promise.all(names.map((one) => blobs.put(one, bytes.subarray(0, 100))));
    await Promise.all(
      names.map((one, at) => (at % 2 === 0 ? blobs.delete(one) : blobs.put(one, bytes.subarray(0, 50)))),
    );
    const lengths = await Promise.all(names.map(async (one) => (await read(blobs, one))?.length ?? null));
    expect(lengths).toEqual(names.map((_, at) => (at % 2 === 0 ? null : 50)));
  });

  test(`${name}: what is read while it is replaced is one of the two, or breaks off`, async () => {
    const { blobs } = await open();
    const [one, other] = [1, 2].map((fill) => new Uint8Array(3_000_000).fill(fill)) as [Uint8Array, Uint8Array];
    await blobs.put(key, one);
    const begun = (await blobs.get(key)) ?? new ReadableStream<Uint8Array>();
    const reader = begun.getReader();
    const first = (await reader.read()).value ?? new Uint8Array(0);
    await blobs.put(key, other);
    const seen = new Set(first);
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read())
        for (const byte of next.value) seen.add(byte);
    } catch {
      // Broken off.
    }
    expect([...seen]).toEqual([1]);
    expect(Bun.hash(await must(blobs, key))).toBe(Bun.hash(other));
  });
}

function lists(name: string, open: Open): void {
  test(`${name}: a list is in order, has pages, and keeps to its prefix`, async () => {
    const { blobs } = await open();
    expect(await blobs.list({ prefix: "media/" })).toEqual([]);
    const names = ["media/a-b/x", "media/a/x", "media/a/y", "media/b/x", "other/a/x"];
    for (const [at, one] of names.toReversed().entries()) await blobs.put(one, new Uint8Array(at));
    const all = await blobs.list({ prefix: "media/" });
    expect(all.map(({ key: at, sizeBytes }) => [at, sizeBytes])).toEqual([
      ["media/a-b/x", 4],
      ["media/a/x", 3],
      ["media/a/y", 2],
      ["media/b/x", 1],
    ]);
    expect(all.every(({ modifiedAt }) => Math.abs(modifiedAt.getTime() - Date.now()) < 600_000)).toBe(true);
    const page = await blobs.list({ prefix: "media/", limit: 2 });
    expect(page.map(({ key: at }) => at)).toEqual(["media/a-b/x", "media/a/x"]);
    const rest = await blobs.list({ prefix: "media/", after: "media/a/x", limit: 2 });
    expect(rest.map(({ key: at }) => at)).toEqual(["media/a/y", "media/b/x"]);
    expect((await blobs.list({ prefix: "media/a/" })).length).toBe(2);
  });

  test(`${name}: a key that a client could have made is refused`, async () => {
    const { blobs } = await open();
    for (const bad of ["../x", "media//x", "/x", "media/../../x", "Media/x", "media/x.jpg", ""]) {
      const outcome = await blobs.put(bad, bytes).then(
        () => "taken",
        () => "refused",
      );
      expect([bad, outcome]).toEqual([bad, "refused"]);
    }
  });
}

async function must(blobs: Blobs, key: string, range?: { start: number; end: number }): Promise<Uint8Array> {
  const found = await read(blobs, key, range);
  if (found === null) throw new Error("there is no such blob");
  return found;
}

async function read(blobs: Blobs, key: string, range?: { start: number; end: number }): Promise<Uint8Array | null> {
  const stream = await blobs.get(key, range);
  return stream === null ? null : new Uint8Array(await new Response(stream).arrayBuffer());
}
