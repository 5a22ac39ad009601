import { Readable } from "node:stream";
import { expect, test } from "bun:test";
import { testDatabase } from "../test-database.ts";
import { piecesMost } from "./pieces-store.ts";
import { piecesTus } from "./pieces-tus.ts";

test("T18 an upload a byte at a time ends: its pieces have a limit", async () => {
  await using database = await testDatabase();
  const { sql } = database;
  const [personId, mediaId] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()];
  await sql`
    insert into people (id, username, name, password_hash, who_may_message, created_at)
    values (${personId}, 'ines', 'Ines', '', 'friends', now())`;
  await sql`
    insert into media (id, owner_id, state, upload_bytes, created_at)
    values (${mediaId}, ${personId}, 'uploading', 50000000, now())`;
  await sql`
    insert into upload_pieces (media_id, start_byte, size_bytes, blob_key, stored, created_at)
    select ${mediaId}, n, 1, 'quarantine/' || n, true, now() from generate_series(0, ${piecesMost - 2}) as n`;
  const kept: string[] = [];
  const blobs = {
    put: async (key: string) => void kept.push(key),
    get: async () => null,
    delete: async () => undefined,
    list: async () => [],
  };
  const keyFor = () => `quarantine/${crypto.randomUUID()}`;
  const tus = piecesTus({ sql, blobs, now: () => new Date(), keyFor });
  const write = async (at: number) => await tus.write(Readable.from([new Uint8Array(1)]), mediaId, at);
  expect(await write(piecesMost - 1)).toBe(piecesMost);
  await expect(write(piecesMost)).rejects.toMatchObject({ status_code: 410 });
  expect(kept).toHaveLength(1);
});
