import { expect, test } from "bun:test";
import { assertFit } from "./assert-fit.ts";
import { openDatabase } from "./connect.ts";
import { testDatabase } from "../test-database.ts";

test("R26, T35: a database that could forget a commit is refused; ours is not", async () => {
  await using database = await testDatabase({ max: 1 });
  await assertFit(database.sql);
  for (const value of ["off", "local"]) {
    await database.sql.unsafe(`set synchronous_commit = ${value}`);
    await expect(assertFit(database.sql)).rejects.toThrow(`synchronous_commit = ${value}`);
  }
});

test("R26: whatever the database's default is, our connections wait for the disk", async () => {
  await using database = await testDatabase();
  const [{ name }] = await database.sql`select current_database() as name`;
  await database.sql.unsafe(`alter database ${name} set synchronous_commit = off`);
  const { host, port, user } = database.pgConfig as { host: string; port: number; user: string };
  await using later = openDatabase({ is: "socket", socketDir: host, port, user, database: name }, { max: 1 });
  expect([...(await later.sql`show synchronous_commit`)]).toEqual([{ synchronous_commit: "on" }]);
});
