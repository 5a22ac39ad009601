import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskLedger } from "../../adapters/ledger-disk.ts";
import { testDatabase } from "../../test-database.ts";
import { checkBackup, checkLedger } from "./safety.ts";

test("C56 a ledger that does not know the last backup is lost; after a restore it is the backup that was restored", async () => {
  const dir = await mkdtemp(join(tmpdir(), "sotto-safety-"));
  await using database = await testDatabase();
  const { sql } = database;
  const keep = async (key: string, id: string, at: string) =>
    await sql`insert into meta (key, value) values (${key}, ${JSON.stringify({ id, at })})`;
  const [restored, made] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()];
  const [at, now] = ["2026-01-01T00:00:00.000Z", new Date().toISOString()];
  await using ledger = diskLedger({ dir });
  expect((await checkLedger(sql, ledger)).state).toBe("ok");

  await keep("restored_from", restored, at);
  expect(await checkLedger(sql, ledger)).toMatchObject({ state: "wrong", detail: expect.stringContaining("is lost") });
  expect((await checkBackup(sql)).detail).toContain(`restored from the backup of ${at}`);
  await ledger.append([{ kind: "backup", id: restored, at }]);
  expect((await checkLedger(sql, ledger)).state).toBe("ok");

  await keep("last_backup", made, now);
  expect((await checkLedger(sql, ledger)).state).toBe("wrong");
  expect((await checkBackup(sql)).state).toBe("ok");
  await ledger.append([{ kind: "backup", id: made, at: now }]);
  expect((await checkLedger(sql, ledger)).state).toBe("ok");
  await rm(dir, { recursive: true, force: true });
}, 60_000);
