import { expect, test } from "bun:test";
import { silentLog } from "../log.ts";
import { migrate, readMigrations, migrationsDir, type Migration } from "./migrate.ts";
import { testDatabase } from "../test-database.ts";

const shipped = readMigrations(migrationsDir);
const one = migration("9001-one", "create table one (v int); create table two (v int);");
const broken = migration("9002-broken", "create table three (v int); select 1 / 0;");

test("each migration is applied once, in order, and again is nothing", async () => {
  await using database = await testDatabase();
  await migrate(database.sql, silentLog(), [...shipped, one]);
  await migrate(database.sql, silentLog(), [...shipped, one]);
  const rows = (await database.sql`select name from migrations order by name`) as { name: string }[];
  expect(rows.map((row) => row.name)).toEqual([...shipped.map((each) => each.name), "9001-one"]);
});

test("one that fails leaves nothing behind", async () => {
  await using database = await testDatabase();
  await expect(migrate(database.sql, silentLog(), [...shipped, one, broken])).rejects.toThrow("division by zero");
  const [row] = (await database.sql`select to_regclass('two') as two, to_regclass('three') as three`) as object[];
  expect(row).toEqual({ two: "two", three: null });
});

test("two servers that start at once apply it once", async () => {
  await using database = await testDatabase();
  await Promise.all([1, 2, 3].map(() => migrate(database.sql, silentLog(), [...shipped, one])));
  expect(await database.sql`select name from migrations where name = '9001-one'`).toHaveLength(1);
});

test("older code starts after a harmless newer migration, and refuses after a breaking one", async () => {
  await using database = await testDatabase();
  await migrate(database.sql, silentLog(), [...shipped, one]);
  await migrate(database.sql, silentLog(), shipped);
  await migrate(database.sql, silentLog(), [...shipped, one, { ...migration("9003-new", "select 1"), breaking: true }]);
  await expect(migrate(database.sql, silentLog(), shipped)).rejects.toThrow("newer Sotto (9003-new)");
});

test("a migration that was changed after it was applied is refused", async () => {
  await using database = await testDatabase();
  await migrate(database.sql, silentLog(), [...shipped, one]);
  const changed = { ...one, sha256: "0" };
  await expect(migrate(database.sql, silentLog(), [...shipped, changed])).rejects.toThrow("9001-one");
});

function migration(name: string, sql: string): Migration {
  return { name, sql, breaking: false, sha256: Bun.hash(sql).toString(16) };
}
