import { expect, test } from "bun:test";
import { testDatabase } from "../db/test-database.ts";
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

async function addDead(sql: Sql): Promise<void> {
  await sql`
    insert into nodes (id, name, roles, heartbeat_at) values (${Bun.randomUUIDv7()}, 'dead', '{}', now() - interval '1 hour')`;
}

function start(sql: Sql, afterCrash: () => Promise<void>) {
  return housekeeping({ sql, nodeId: Bun.randomUUIDv7(), log: silentLog(), afterCrash, everyMs: 20 });
}
