import { expect, test } from "bun:test";
import type { Blobs } from "../ports/blobs.ts";

/** What every adapter of the blob port does. `open` gives an empty store; `reopen` the same one after a restart. */
export function blobsContract(name: string, open: () => Promise<{ blobs: Blobs; reopen: () => Promise<Blobs> }>): void {
  const key = "media/0190-a/list";
  const bytes = Uint8Array.from({ length: 700_001 }, (_, at) => at % 251);

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

  test(`${name}: a key that a client could have made is refused`, async () => {
    const { blobs } = await open();
    for (const bad of ["../x", "media//x", "/x", "media/../../x", "Media/x", "media/x.jpg", ""]) {
      expect(blobs.put(bad, bytes)).rejects.toThrow();
    }
  });
}

async function read(blobs: Blobs, key: string, range?: { start: number; end: number }): Promise<Uint8Array | null> {
  const stream = await blobs.get(key, range);
  return stream === null ? null : new Uint8Array(await new Response(stream).arrayBuffer());
}
