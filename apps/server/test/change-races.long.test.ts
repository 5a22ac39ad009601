import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Message } from "@sotto/protocol/types.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { call, inParallel, must, openSocket, seeded, type Somebody, type TestSocket } from "./api-kit.ts";
import { makeApiGroup, somePeople } from "./groups-kit.ts";
import { newClientId, pullAll, say, toldOf } from "./messages-kit.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

const races = 2_000;
const emoji = ["👍", "👎", "❤️", "😀"] as const;

test("R15 2,000 edits, unsends, reactions, pins and replies at once: no number twice, none missing, and events make what a pull shows", async () => {
  const people = await somePeople(server, 24);
  const { id: conversationId } = await makeApiGroup(server, people);
  const messages = await inParallel(Array.from({ length: 72 }), 8, async (_, n) =>
    say(server.url, people[n % 24] ?? people[0], conversationId),
  );
  const watching = people.slice(0, 4);
  const sockets = await Promise.all(watching.map(async (who) => await openSocket(server.url, who)));
  const start = (await must(server.url, people[0], "messages.list", { conversationId })).change;
  await logNumbers();
  const random = seeded(2_026);
  const codes = new Map<string, number>();
  const racing = { over: false };
  const pulling = watching.map(async (who) => await pullWhile(who, { conversationId, racing }));
  await inParallel(Array.from({ length: races }), 24, async () => {
    const n = Math.floor(random() * 24);
    const mine = messages.filter((_, place) => place % 24 === n);
    const target = messages[Math.floor(random() * messages.length)];
    const own = mine[Math.floor(random() * mine.length)];
    if (!target || !own) return;
    for (;;) {
      const answer = await act(people[n] ?? people[0], { conversationId, target, own, random });
      const code = answer.problem?.code ?? "ok";
      codes.set(code, (codes.get(code) ?? 0) + 1);
      // Held for half a second by so many others: told to come back.
      if (code !== "unavailable") return;
    }
  });
  racing.over = true;
  const gaps = (await Promise.all(pulling)).flat();
  await Bun.sleep(500);
  const pulls = await Promise.all(watching.map(async (who) => await pullAll(server.url, who, conversationId)));
  const unlike = watching.flatMap((who, n) => differences(who, sockets[n], pulls[n], { conversationId, messages }));
  const { given, missing, double } = await readNumbers(conversationId, start);
  console.log(
    `R15: ${races} races (${[...codes].map(([code, count]) => `${count} ${code}`).join(", ")}): ${given} numbers of changes, ` +
      `${double} given twice, ${missing} missing, ${unlike.length} messages that events left unlike a pull, ${gaps.length} pulls that left a gap`,
  );
  expect({ double, missing, unlike, gaps }).toEqual({ double: 0, missing: 0, unlike: [], gaps: [] });
  expect(given).toBeGreaterThan(1_000);
  expect([...codes.keys()].filter((code) => !["not_found", "ok", "unavailable"].includes(code))).toEqual([]);
  const [{ deadlocks }] = await server.database.sql`
    select deadlocks::int as deadlocks from pg_stat_database where datname = current_database()`;
  expect(deadlocks).toBe(0);
  for (const socket of sockets) socket.close();
});

/** What a device holds that pulls and hears nothing: after each answer every number up to its last one (R14, R15). */
async function pullWhile(
  who: Somebody,
  { conversationId, racing }: { conversationId: string; racing: { over: boolean } },
): Promise<string[]> {
  const held = new Set<number>();
  const gaps: string[] = [];
  for (let after = 0; !racing.over;) {
    const { items, change, hasMore } = await must(server.url, who, "messages.changes", { conversationId, after });
    for (const item of items) held.add(item.seq);
    after = change;
    if (!hasMore && Math.max(0, ...held) !== held.size) gaps.push(`at ${change}: ${held.size} of ${Math.max(...held)}`);
  }
  return gaps;
}

/** From now on the database itself writes down every number that a message takes. */
async function logNumbers(): Promise<void> {
  const { sql } = server.database;
  await sql`create table numbers_taken (conversation_id uuid, seq bigint, change bigint)`;
  await sql`
    create function take_number() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' or old.change is distinct from new.change then
        insert into numbers_taken values (new.conversation_id, new.seq, new.change);
      end if;
      return null;
    end $$`;
  await sql`create trigger take_number after insert or update on messages for each row execute function take_number()`;
}

async function readNumbers(conversationId: string, start: number) {
  const [row] = await server.database.sql`
    select c.last_change::float8 as change, count(n.change)::float8 as given, count(distinct n.change)::float8 as different
    from conversations c left join numbers_taken n on n.conversation_id = c.id
    where c.id = ${conversationId} group by c.last_change`;
  return { given: row.given, missing: row.change - start - row.different, double: row.given - row.different };
}

async function act(
  who: Somebody,
  {
    conversationId,
    target,
    own,
    random,
  }: { conversationId: string; target: Message; own: Message; random: () => number },
) {
  const asked = { conversationId, messageId: target.id };
  const mine = { conversationId, messageId: own.id };
  const one = emoji[Math.floor(random() * emoji.length)] ?? "👍";
  const drawn = random();
  if (drawn < 0.3) return await call(server.url, who, "messages.react", { ...asked, emoji: one });
  if (drawn < 0.45) return await call(server.url, who, "messages.unreact", { ...asked, emoji: one });
  if (drawn < 0.7) return await call(server.url, who, "messages.edit", { ...mine, text: `edited ${random()}` });
  if (drawn < 0.75) return await call(server.url, who, "messages.pin", asked);
  if (drawn < 0.8) return await call(server.url, who, "messages.unpin", asked);
  if (drawn < 0.98) {
    const reply = { conversationId, clientId: newClientId(), text: "re", replyToId: target.id };
    return await call(server.url, who, "messages.send", reply);
  }
  return await call(server.url, who, "messages.unsend", mine);
}

/** What a device that kept the highest change of each message holds, against a fresh pull. */
function differences(
  who: Somebody,
  socket: TestSocket | undefined,
  pulled: Map<string, Message> | undefined,
  { conversationId, messages }: { conversationId: string; messages: readonly Message[] },
): string[] {
  const held = new Map<string, Message>();
  for (const told of socket ? toldOf(socket, conversationId) : []) {
    const before = held.get(told.id);
    if (!before || told.change > before.change) held.set(told.id, told);
  }
  const untouched = new Set(messages.map(({ id }) => id).filter((id) => !held.has(id)));
  const unlike: string[] = [];
  for (const [id, message] of pulled ?? []) {
    const one = held.get(id);
    if (!one && (untouched.has(id) || message.seq <= messages.length)) continue;
    if (!one || JSON.stringify(sorted(one)) !== JSON.stringify(sorted(message)))
      unlike.push(`${who.username} ${message.seq}: ${JSON.stringify(one)} / ${JSON.stringify(message)}`);
  }
  return unlike;
}

function sorted(message: Message): [string, unknown][] {
  return Object.entries(message).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
