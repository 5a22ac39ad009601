import { expect, test } from "bun:test";
import { testDatabase } from "./test-database.ts";

test("a test database is migrated, empty, and its own", async () => {
  await using one = await testDatabase();
  await using two = await testDatabase();
  await one.sql`insert into meta (key, value) values ('a', 'b')`;
  expect(await two.sql`select key from meta`).toHaveLength(0);
  const [row] = (await one.sql`select 9007199254740993::int8 as big`) as { big: bigint }[];
  expect(row?.big).toBe(9007199254740993n);
});
