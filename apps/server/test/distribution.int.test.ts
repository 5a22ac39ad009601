import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "../src/app.ts";
import type { Database } from "../src/db/connect.ts";
import { testDatabase } from "../src/test-database.ts";
import { silentLog } from "../src/log.ts";
import { testConfig } from "../src/test-server.ts";
import { crossings, distribution, unkeyed } from "./distribution-map.ts";
import { playAllTheTime, playNowAndThen, preparePeople } from "./distribution-workload.ts";
import { readsOf, recordStatements, type Read } from "./recorded-statements.ts";

const allowedAlways = new Set(["always", "rounds"]);

interface Statement {
  text: string;
  reads: Read[];
}

let database: Database;
let allTheTime: Statement[] = [];
let nowAndThen: Statement[] = [];

beforeAll(async () => {
  database = await testDatabase({ max: 8 });
  const recorder = await recordStatements(database);
  const dataDir = await mkdtemp(join(tmpdir(), "sotto-distribution-"));
  const app = await startApp({ config: testConfig({ dataDir }), database, log: silentLog() });
  try {
    const server = { url: app.url, database };
    const world = await preparePeople(server);
    await recorder.take();
    await playAllTheTime(server, world);
    allTheTime = await explained(await recorder.take());
    await playNowAndThen(server, world);
    nowAndThen = await explained(await recorder.take());
  } finally {
    await app.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
afterAll(async () => await database?.close());

async function explained(texts: readonly string[]): Promise<Statement[]> {
  const statements: Statement[] = [];
  for (const text of texts) statements.push({ text, reads: await readsOf(database.sql, text) });
  return statements;
}

test("every table has its distribution key, and it is in the primary key", async () => {
  const rows: { name: string; columns: string[] }[] = await database.sql`
    select c.relname as name, array(
        select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
        where i.indrelid = c.oid and i.indisprimary) as columns
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`;
  const tables = new Map(rows.map((row) => [row.name, row.columns]));
  expect([...tables.keys()].filter((name) => !(name in distribution))).toEqual([]);
  expect(Object.keys(distribution).filter((name) => !tables.has(name))).toEqual([]);
  for (const [name, key] of Object.entries(distribution)) {
    if (key !== "everywhere")
      expect({ name, columns: tables.get(name) }).toHaveProperty("columns", expect.arrayContaining([key.column]));
  }
});

test("what a server does all the time reaches every table by its distribution key, with the exceptions that are named", () => {
  expect(allTheTime.length).toBeGreaterThan(20);
  const strange = withoutKey(allTheTime).filter(({ name }) => !allowedAlways.has(unkeyed[name]?.when ?? ""));
  expect(strange).toEqual([]);
});

test("what it does now and then as well; and no exception is there for nothing", () => {
  const found = withoutKey([...allTheTime, ...nowAndThen]);
  expect(found.filter(({ name }) => !(name in unkeyed))).toEqual([]);
  const names = new Set(found.map(({ name }) => name));
  const expected = Object.keys(unkeyed).filter((name) => unkeyed[name]?.when !== "rounds");
  expect(expected.filter((name) => !names.has(name))).toEqual([]);
  console.log(`${allTheTime.length} statements all the time, ${nowAndThen.length} now and then`);
});

test("families that meet in one statement are named, and so is everything else that would cross shards, in docs/scale.md", async () => {
  const met = [...allTheTime, ...nowAndThen].map(({ text, reads }) => ({ text, name: familiesOf(reads) }));
  expect(met.filter(({ name }) => name.includes(" and ") && !(name in crossings))).toEqual([]);
  const names = new Set(met.map(({ name }) => name));
  expect(Object.keys(crossings).filter((name) => !names.has(name))).toEqual([]);
  const doc = await readFile(new URL("../../../docs/scale.md", import.meta.url).pathname, "utf8");
  expect([...Object.keys(unkeyed), ...Object.keys(crossings)].filter((name) => !doc.includes(`\`${name}\``))).toEqual(
    [],
  );
});

/** Reads of a table by something else than its key: `table by columns`. */
function withoutKey(statements: readonly Statement[]): { name: string; text: string }[] {
  return statements.flatMap(({ text, reads }) =>
    reads.flatMap(({ table, columns }) => {
      const key = distribution[table];
      if (key === undefined || key === "everywhere" || columns.includes(key.column)) return [];
      return [{ name: `${table} by ${columns.toSorted().toReversed().join(", ") || "nothing"}`, text }];
    }),
  );
}

function familiesOf(reads: readonly Read[]): string {
  const families = reads.flatMap(({ table }) => {
    const key = distribution[table];
    return key === undefined || key === "everywhere" ? [] : [key.family];
  });
  return [...new Set(families)].toSorted().join(" and ");
}
