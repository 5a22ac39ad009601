import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backupKey } from "./backup-key.ts";
import { readSealed, SealedWriter } from "./sealed-file.ts";

const dir = mkdtempSync(join(tmpdir(), "sotto-sealed-"));
afterAll(() => rmSync(dir, { recursive: true }));

const key = backupKey("words for a test only", "00".repeat(16));
const text = Buffer.from(Array.from({ length: 700_001 }, (_, at) => at % 251));

async function seal(name: string, parts: readonly Uint8Array[]): Promise<string> {
  const path = join(dir, name);
  const writer = await SealedWriter.create(path, key.derive(name));
  for (const part of parts) await writer.write(part);
  const { sizeBytes } = await writer.end();
  expect(readFileSync(path)).toHaveLength(sizeBytes);
  return path;
}

async function read(path: string, use: string): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(readSealed(path, key.derive(use))));
}

test("T36 what was sealed comes back, whatever the sizes of its parts, and none of it can be read without the key", async () => {
  for (const [at, parts] of [
    [text],
    [],
    [text.subarray(0, 1), text.subarray(1)],
    [text.subarray(0, 256 * 1024)],
  ].entries()) {
    const path = await seal(`whole-${at}`, parts);
    expect(await read(path, `whole-${at}`)).toEqual(Buffer.concat(parts));
  }
  const canary = await seal("canary", [Buffer.from("a canary in a cage")]);
  expect(readFileSync(canary).includes("canary")).toBe(false);
});

test("T36 another key, a changed byte, a missing piece, a piece from elsewhere, a cut end: none passes", async () => {
  const path = await seal("hurt", [text]);
  const whole = readFileSync(path);
  const piece = 4 + 256 * 1024 + 16;
  const changed = (at: number) => Buffer.from(whole.map((byte, n) => (n === at ? byte ^ 1 : byte)));
  const hurts: Record<string, Buffer> = {
    "a bit of the text": changed(1000),
    "a bit of a length": changed(3),
    "the mark of the last": changed(2 * piece),
    "a bit of the last tag": changed(whole.length - 1),
    "without its last piece": whole.subarray(0, 2 * piece),
    "without its first piece": whole.subarray(piece),
    "two pieces exchanged": Buffer.concat([
      whole.subarray(piece, 2 * piece),
      whole.subarray(0, piece),
      whole.subarray(2 * piece),
    ]),
    "something behind the end": Buffer.concat([whole, Buffer.from("x")]),
    empty: Buffer.alloc(0),
  };
  let passed = 0;
  for (const hurt of Object.values(hurts)) {
    writeFileSync(path, hurt);
    await read(path, "hurt").then(
      () => (passed += 1),
      () => undefined,
    );
  }
  writeFileSync(path, whole);
  await expect(read(path, "another use")).rejects.toThrow("damaged, or the key is another");
  console.log(`T36: ${Object.keys(hurts).length} kinds of damage, ${passed} not noticed`);
  expect(passed).toBe(0);
});
