import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MediaState } from "@sotto/protocol/types.ts";
import { createDiskBlobs } from "../src/adapters/blobs-disk.ts";
import type { Database } from "../src/db/connect.ts";
import { testDatabase } from "../src/test-database.ts";
import { silentLog } from "../src/log.ts";
import type { Blobs } from "../src/ports/blobs.ts";
import type { ProcessDeps } from "../src/media/process.ts";
import { diskQuarantine, type DiskQuarantine } from "../src/media/quarantine-disk.ts";
import type { MediaOptions } from "../src/media/start.ts";
import { startMediaWithWorker, type MediaWithWorker } from "./media-with-worker.ts";

/** Of a reader who opened nothing that opens once. */
export const noSession = "00000000-0000-0000-0000-000000000000";

/** The pipeline for a test: a fresh database, a folder of its own, real children. Gone with `await using`. */
export interface TestMedia extends AsyncDisposable {
  database: Database;
  dataDir: string;
  media: MediaWithWorker;
  blobs: Blobs;
  /** What the next process does: the same database and folder. The caller stops it. */
  startAnother(): Promise<MediaWithWorker>;
  /** What owners were told. */
  told: { ownerId: string; media: MediaState }[];
  addPerson(): Promise<string>;
  /** The requests of tus, as one person. */
  tus(
    personId: string,
    request: { method: string; path?: string; headers?: Record<string, string>; body?: Uint8Array },
  ): Promise<Response>;
  /** Creates and sends the bytes in one request; the medium's id. */
  upload(personId: string, bytes: Uint8Array): Promise<string>;
  /** Waits until the medium is ready or failed. */
  settled(mediaId: string): Promise<MediaState>;
  fetch(
    personId: string,
    mediaId: string,
    rendition: string,
    init?: { method?: string; headers?: Record<string, string> },
  ): Promise<Response>;
  /** A conversation between two people with one message that holds the medium; what a send does. */
  attach(mediaId: string, members: readonly string[]): Promise<{ conversationId: string; seq: number }>;
}

export async function startTestMedia(
  options: { blobReserveBytes?: number } & Partial<Pick<MediaOptions, "reserveBytes" | "limitUpload">> = {},
): Promise<TestMedia> {
  const database = await testDatabase({ max: 8 });
  const dataDir = await mkdtemp(join(tmpdir(), "sotto-media-"));
  const told: TestMedia["told"] = [];
  const blobs = await createDiskBlobs({ dir: join(dataDir, "blobs"), reserveBytes: options.blobReserveBytes ?? 0 });
  const notify = (ownerId: string, media: MediaState): void => void told.push({ ownerId, media });
  const start = () =>
    startMediaWithWorker({
      config: { dataDir, s3: undefined },
      database,
      blobs,
      log: silentLog(),
      work: true,
      reserveBytes: 0,
      limitUpload: async () => null,
      ...options,
      notify,
    });
  const media = await start();
  const tus: TestMedia["tus"] = (personId, { method, path = "", headers, body }) =>
    media.routes.upload(
      new Request(`http://localhost/v1/uploads${path}`, {
        method,
        headers: { "tus-resumable": "1.0.0", ...headers },
        ...(body && { body: new Uint8Array(body) }),
      }),
      { personId, requestId: "test" },
    );
  return {
    database,
    dataDir,
    media,
    blobs,
    told,
    startAnother: start,
    addPerson: () => addPerson(database),
    tus,
    upload: (personId, bytes) => upload(tus, personId, bytes),
    settled: (mediaId) => settled(told, mediaId),
    fetch: (personId, mediaId, rendition, init) =>
      media.routes.serve(
        new Request(`http://localhost/v1/media/${mediaId}/${rendition}`, init),
        { personId, sessionId: noSession, requestId: "test" },
        { mediaId, rendition },
      ),
    attach: (mediaId, members) => attach(database, mediaId, members),
    [Symbol.asyncDispose]: async () => {
      await media.stop();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** For a sweep that a test runs itself, at a time of its choice. It decodes nothing. */
export async function sweepDeps(kit: TestMedia): Promise<Omit<ProcessDeps, "now"> & { quarantine: DiskQuarantine }> {
  const quarantine = await diskQuarantine({ dir: join(kit.dataDir, "quarantine"), reserveBytes: 0 });
  const noChild = { run: () => Promise.reject(new Error("a sweep decodes nothing")), close: async () => {} };
  const pool = { ...noChild, [Symbol.asyncDispose]: async () => {} };
  const notify: ProcessDeps["notify"] = (ownerId, media) => void kit.told.push({ ownerId, media });
  return { sql: kit.database.sql, blobs: kit.blobs, quarantine, pool, notify };
}

async function addPerson({ sql }: Database): Promise<string> {
  const id = Bun.randomUUIDv7();
  await sql`
    insert into people (id, username, name, password_hash, who_may_message, created_at)
    values (${id}, ${id.replaceAll("-", "").slice(-20)}, 'Somebody', '', 'friends', ${new Date()})`;
  return id;
}

async function upload(tus: TestMedia["tus"], personId: string, bytes: Uint8Array): Promise<string> {
  const headers = {
    "upload-length": String(bytes.length),
    "content-type": "application/offset+octet-stream",
    "content-length": String(bytes.length),
  };
  const response = await tus(personId, { method: "POST", headers, body: bytes });
  const location = response.headers.get("location");
  if (response.status !== 201 || location === null)
    throw new Error(`not uploaded: ${response.status} ${await response.text()}`);
  return location.split("/").at(-1) ?? "";
}

/** Owners are told last, when rows, blobs and quarantine are as they stay. */
async function settled(told: TestMedia["told"], mediaId: string): Promise<MediaState> {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 10) {
    const found = told.find(({ media }) => media.id === mediaId);
    if (found !== undefined) return found.media;
    await Bun.sleep(10);
  }
  throw new Error("the medium was not settled in a minute");
}

async function attach(
  { sql }: Database,
  mediaId: string,
  members: readonly string[],
): Promise<{ conversationId: string; seq: number }> {
  const conversationId = Bun.randomUUIDv7();
  const now = new Date();
  await sql.begin(async (tx) => {
    await tx`insert into conversations (id, kind, state, last_seq, created_at) values (${conversationId}, 'group', 'accepted', 1, ${now})`;
    for (const person of members) {
      await tx`insert into members (conversation_id, person_id, joined_at) values (${conversationId}, ${person}, ${now})`;
    }
    await tx`
      insert into messages (conversation_id, seq, id, sender_id, client_id, text, has_media, change, created_at)
      values (${conversationId}, 1, ${Bun.randomUUIDv7()}, ${members[0]}, 'c1', '', true, 1, ${now})`;
    await tx`insert into message_media (conversation_id, seq, position, media_id) values (${conversationId}, 1, 0, ${mediaId})`;
  });
  return { conversationId, seq: 1 };
}
