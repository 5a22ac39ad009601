import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { backupKey, type BackupKey } from "./backup-key.ts";

/** What a backup consists of. It holds no word of anybody's; its seal is made with the key, so nobody else can change it. */
const manifest = z.strictObject({
  format: z.literal(1),
  id: z.uuid(),
  /** The database's clock at the snapshot. */
  at: z.iso.datetime(),
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  postgres: z.string(),
  migrations: z.array(z.strictObject({ name: z.string(), sha256: z.string() })),
  tables: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z_0-9]+$/),
      columns: z.array(z.string().regex(/^[a-z_0-9]+$/)),
      rows: z.number(),
      file: z.string(),
    }),
  ),
  photos: z.strictObject({
    list: z.string(),
    packs: z.array(z.string()),
    kept: z.number(),
    sizeBytes: z.number(),
    /** Erased while the backup was made. */
    gone: z.number(),
    /** Rows name them, and they were not there, or not what the rows say. */
    missing: z.number(),
  }),
  /** The server's secret, when it was kept in the data folder. */
  secret: z.string().nullable(),
  parts: z.record(z.string().regex(/^[a-z0-9._-]+$/), z.strictObject({ sizeBytes: z.number(), sha256: z.string() })),
});

export type Manifest = z.infer<typeof manifest>;

export const manifestName = "manifest.json";
/** The part that lists the photos. */
export const photoList = "photos";

/** Written last: a folder without it is no backup. */
export async function writeManifest(dir: string, body: Manifest, key: BackupKey): Promise<void> {
  const handle = await open(join(dir, manifestName), "wx", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ ...body, seal: sealOf(body, key) }, null, 1)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A backup that cannot be used, in words for the operator. */
export class UnfitBackup extends Error {}

export async function readManifest(dir: string, words: string): Promise<{ manifest: Manifest; key: BackupKey }> {
  const { seal, ...body } = parseJson(await readManifestFile(dir), dir);
  if (body["format"] !== 1) throw new UnfitBackup(`${dir} was made by a newer Sotto: restore it with that one.`);
  const parsed = manifest.safeParse(body);
  if (!parsed.success) throw new UnfitBackup(`${join(dir, manifestName)} is damaged.`);
  const key = backupKey(words, parsed.data.salt);
  if (typeof seal !== "string" || !same(seal, sealOf(body, key)))
    throw new UnfitBackup(`The key is not the one that ${dir} was made with, or its manifest was changed.`);
  return { manifest: parsed.data, key };
}

/** Reads every part once: nothing is touched while one of them is not what was written. */
export async function checkParts(dir: string, { parts }: Manifest, update: (doneBytes: number) => void): Promise<void> {
  let doneBytes = 0;
  for (const [name, { sha256, sizeBytes }] of Object.entries(parts)) {
    const hash = createHash("sha256");
    let readBytes = 0;
    try {
      for await (const chunk of createReadStream(join(dir, name), { highWaterMark: 256 * 1024 })) {
        hash.update(chunk as Buffer);
        readBytes += (chunk as Buffer).length;
        update((doneBytes += (chunk as Buffer).length));
      }
    } catch (error) {
      throw new UnfitBackup(`${join(dir, name)} cannot be read.`, { cause: error });
    }
    if (readBytes !== sizeBytes || hash.digest("hex") !== sha256)
      throw new UnfitBackup(`${join(dir, name)} is damaged: it is not what was written.`);
  }
}

async function readManifestFile(dir: string): Promise<string> {
  try {
    return await readFile(join(dir, manifestName), "utf8");
  } catch (error) {
    throw new UnfitBackup(`${dir} is not a whole backup: it has no ${manifestName}.`, { cause: error });
  }
}

function parseJson(text: string, dir: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (error) {
    throw new UnfitBackup(`${join(dir, manifestName)} is damaged.`, { cause: error });
  }
}

function sealOf(body: object, key: BackupKey): string {
  return createHmac("sha256", key.derive(manifestName)).update(JSON.stringify(body)).digest("hex");
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
