import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { plainArray, textArray } from "./arrays.ts";
import { testDatabase } from "../test-database.ts";

test("literals come back as they went in, whatever the text", async () => {
  await using database = await testDatabase();
  const { sql } = database;
  const known = ["", "null", "NULL", "{}", ",", '"', "\\", '\\"', "a\nb", " x ", "{a,b}", "'", "é🖼️", "$1", "\t"];
  const storable = fc.string({ unit: "binary" }).filter((text) => text.isWellFormed() && !text.includes("\0"));
  const ask = async (texts: readonly string[]) => {
    const rows: { t: string }[] = await sql`
      select t from unnest(${textArray(texts)}::text[]) with ordinality as x(t, n) order by n`;
    expect(rows.map((row) => row.t)).toEqual([...texts]);
  };
  await ask(known);
  await ask([]);
  await fc.assert(fc.asyncProperty(fc.array(storable, { maxLength: 20 }), ask), { numRuns: 200 });
  const ids = Array.from({ length: 50 }, () => Bun.randomUUIDv7());
  const rows: { id: string; n: number }[] = await sql`
    select id, n from unnest(${plainArray(ids)}::uuid[], ${plainArray(ids.map((_, n) => n))}::int4[]) as x(id, n)`;
  expect(rows.map((row) => ({ ...row }))).toEqual(ids.map((id, n) => ({ id, n })));
});
