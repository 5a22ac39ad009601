import { expect, test } from "bun:test";
import { testDatabase } from "../test-database.ts";
import { SetAside } from "./set-aside.ts";

test("T30 what is set aside is left out by a hash: ten thousand of them cost a round no ten thousand times the rows that it looks at", async () => {
  await using database = await testDatabase();
  const { sql } = database;
  const conversationId = crypto.randomUUID();
  await sql`
    insert into messages (conversation_id, seq, id, sender_id, client_id, text, change, created_at, expires_at)
    select ${conversationId}, n, gen_random_uuid(), ${conversationId}, n::text, '', n, now(), now() from generate_series(1, 3000) n`;
  await sql`analyze messages`;
  const aside = new SetAside();
  for (let seq = 1; seq <= 2_990; seq++) aside.failed({ conversationId, seq });
  const due = sql`
    select seq::float8 as seq from messages
    where expires_at <= now() and unsent_at is null ${aside.without(sql, "seq")} order by expires_at limit 100`;
  const plan: Record<string, string>[] = await sql`explain ${due}`;
  expect(plan.flatMap((line) => Object.values(line)).join("\n")).toContain("hashed SubPlan");
  expect((await due).map((row: { seq: number }) => row.seq).sort()).toEqual(
    Array.from({ length: 10 }, (_, n) => 2_991 + n),
  );
});
