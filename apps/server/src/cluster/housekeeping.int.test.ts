import { expect, test } from "bun:test";
import pino from "pino";
import { testDatabase } from "../test-database.ts";
import type { Sql } from "../db/sql.ts";
import { silentLog } from "../log.ts";
import { housekeeping } from "./housekeeping.ts";

test("R16 a dead node whose inbox could not be swept is owed until somebody sweeps", async () => {
  await using database = await testDatabase();
  const { sql } = database;
  await addDead(sql);
  const tried = Promise.withResolvers<void>();
  const failing = start(sql, async () => {
    tried.resolve();
    throw new Error("the database went away");
  });
  await tried.promise;
  await failing.stop();
  expect(failing.owes()).toBe(true);
});

test("R16 a dead node found while its finder is told to stop is owed", async () => {
  await using database = await testDatabase();
  const { sql } = database;
  await addDead(sql);
  let swept = 0;
  const { rounds, stopping } = await sql.begin(async (tx) => {
    await tx`lock table nodes`;
    const began = start(sql, async () => void (swept += 1));
    // Its round waits for the table by now.
    await Bun.sleep(100);
    return { rounds: began, stopping: [began.stop()] };
  });
  await Promise.all(stopping);
  expect(await sql`select 1 from nodes where name = 'dead'`).toHaveLength(0);
  expect({ swept, owes: rounds.owes() }).toEqual({ swept: 0, owes: true });
});

test("what ran before there were nodes is swept on a first start, and nobody is told of a node that died", async () => {
  await using database = await testDatabase();
  const { sql } = database;
  const lines: string[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void lines.push(line) });
  const swept = Promise.withResolvers<void>();
  const first = start(sql, async () => swept.resolve(), log);
  await swept.promise;
  await first.stop();
  expect(lines).toEqual([]);
  await addDead(sql);
  const again = Promise.withResolvers<void>();
  const second = start(sql, async () => again.resolve(), log);
  await again.promise;
  await second.stop();
  expect(lines).toEqual([expect.stringContaining("a node died")]);
});

async function addDead(sql: Sql): Promise<void> {
  await sql`
    insert into nodes (id, name, roles, heartbeat_at) values (${Bun.randomUUIDv7()}, 'dead', '{}', now() - interval '1 hour')`;
}

function start(sql: Sql, afterCrash: () => Promise<void>, log = silentLog()) {
  return housekeeping({ sql, nodeId: Bun.randomUUIDv7(), log, afterCrash, everyMs: 20 });
}
