import type { Sql } from "../../apps/server/src/db/sql.ts";
import { termsOf, termsVersion } from "../../apps/server/src/search/terms.ts";

export interface Size {
  messages: number;
  conversations: number;
}

/** Somebody with so many messages, and what can be asked about them. */
export interface Filled {
  personId: string;
  /** Half of the messages are here. */
  longId: string;
  longSeq: number;
  /** Each stands in one message. */
  rareWords: string[];
  /** Stands in a third of them. */
  commonWord: string;
}

const rare = 50;
const steps = 250_000;

/**
 * Writes by SQL what sends and the indexer would: each conversation has an equal share of one half of the messages (at least one),
 * and one of them the other half besides. Times rise by a second. Tables are not logged while this database lives: reading costs
 * the same, and writing a third.
 */
export async function fill(sql: Sql, size: Size): Promise<Filled> {
  const personId = idAt(0, 0);
  const each = Math.max(1, Math.floor(size.messages / 2 / size.conversations));
  const long = Math.ceil(size.messages / 2);
  await unlogged(sql);
  await addPeople(sql, personId, size.conversations);
  await addConversations(sql, { personId, size, each, long });
  const total = each * size.conversations + long;
  for (let from = 0; from < total; from += steps) {
    tell(`${from.toLocaleString("en")} of ${total.toLocaleString("en")} messages`);
    await addMessages(sql, { size, each, from, to: Math.min(total, from + steps) });
  }
  await addTerms(sql);
  await checkTerms(sql);
  tell("vacuum");
  for (const table of filledTables) await sql.unsafe(`vacuum analyze ${table}`);
  await sql`checkpoint`;
  return {
    personId,
    longId: idAt(2, 1),
    longSeq: each + long,
    rareWords: Array.from({ length: rare }, (_, n) => `rare${String(n).padStart(2, "0")}`),
    commonWord: "the",
  };
}

function tell(words: string): void {
  console.error(`history: ${words}`);
}

const filledTables = [
  "people",
  "person_counters",
  "conversations",
  "members",
  "inbox",
  "messages",
  "search_terms",
  "search_progress",
];

async function unlogged(sql: Sql): Promise<void> {
  for (const table of filledTables) await sql.unsafe(`alter table ${table} set unlogged`);
  await sql`delete from search_state`;
  await sql`insert into search_state (version, complete) values (${termsVersion}, true)`;
}

/** As version 7 makes them: in the order of time, with a random part. */
const idSql = (kind: number, n: string) =>
  `(lpad(to_hex(${1_700_000_000_000 + kind} + (${n})::bigint), 12, '0') || '7' || substr(md5((${n})::text || '${kind}'), 1, 3)
    || '8' || substr(md5((${n})::text || '${kind}'), 4, 15))::uuid`;

function idAt(kind: number, n: number): string {
  const digest = new Bun.CryptoHasher("md5").update(`${n}${kind}`).digest("hex");
  const hex = `${(1_700_000_000_000 + kind + n).toString(16).padStart(12, "0")}7${digest.slice(0, 3)}8${digest.slice(3, 18)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Number 0 is the one with the inbox, the others are one for each conversation. */
async function addPeople(sql: Sql, personId: string, others: number): Promise<void> {
  tell(`${others.toLocaleString("en")} people`);
  await sql.unsafe(`
    insert into people (id, username, name, password_hash, who_may_message, created_at)
    select case when n = 0 then '${personId}'::uuid else ${idSql(1, "n")} end, 'p' || n, 'Person ' || n, 'none', 'everyone', now()
    from generate_series(0, ${others}) as n`);
  await sql`insert into person_counters (person_id, counter) select id, ${others} from people`;
}

interface Plan {
  personId: string;
  size: Size;
  each: number;
}

async function addConversations(sql: Sql, { personId, size, each, long }: Plan & { long: number }): Promise<void> {
  tell(`${size.conversations.toLocaleString("en")} conversations`);
  const last = `case when n = 1 then ${each + long} else ${each} end`;
  await sql.unsafe(`
    insert into conversations (id, kind, low_id, high_id, state, last_seq, last_change, created_at)
    select ${idSql(2, "n")}, 'direct', least('${personId}'::uuid, o.id), greatest('${personId}'::uuid, o.id), 'accepted',
      ${last}, ${last}, now()
    from generate_series(1, ${size.conversations}) as n cross join lateral (select ${idSql(1, "n")} as id) as o`);
  await sql`
    insert into members (conversation_id, person_id, joined_at)
    select c.id, p, c.created_at from conversations c cross join lateral unnest(array[c.low_id, c.high_id]) as p`;
  await sql`
    insert into inbox (person_id, conversation_id, folder, counter, change, last_seq, read_seq, activity_at)
    select m.person_id, c.id, 'inbox', row_number() over (partition by m.person_id order by c.id), c.last_change, c.last_seq,
      c.last_seq, now() - interval '1 second' * row_number() over (partition by m.person_id order by c.id)
    from members m join conversations c on c.id = m.conversation_id`;
  await sql`insert into search_progress (conversation_id, indexed_seq) select id, last_seq from conversations`;
}

/** Six words each, the low ones often, and the rare ones spread over all; every other message is of the one with the lower id. */
async function addMessages(sql: Sql, { size, each, from, to }: Omit<Plan, "personId"> & { from: number; to: number }) {
  const total = each * size.conversations + Math.ceil(size.messages / 2);
  const place = `case when g.i < ${each * size.conversations} then g.i % ${size.conversations} + 1 else 1 end`;
  const seq = `case when g.i < ${each * size.conversations} then g.i / ${size.conversations} + 1
    else g.i - ${each * size.conversations} + ${each + 1} end`;
  const word = (nth: number) =>
    `(select case when x.n = 0 then 'the' else 'w' || x.n end
      from (select floor(20000 * power(abs(hashint4(g.i * 8 + ${nth})) / 2147483648.0, 4))::int as n) as x)`;
  await sql.unsafe(`
    insert into messages (conversation_id, seq, id, sender_id, client_id, fingerprint, text, change, created_at)
    select c.id, s.seq, gen_random_uuid(), case when g.i % 2 = 0 then c.low_id else c.high_id end, 'h' || g.i, md5(g.i::text),
      concat_ws(' ', ${[0, 1, 2, 3, 4].map(word).join(", ")},
        case when g.i % ${Math.floor(total / rare)} = 7 then 'rare' || lpad((g.i / ${Math.floor(total / rare)})::text, 2, '0') end),
      s.seq, now() - interval '1 second' * (${total} - g.i)
    from generate_series(${from}, ${to - 1}) as g(i)
    cross join lateral (select ${place} as place, ${seq} as seq) as s
    join conversations c on c.id = ${idSql(2, "s.place")}`);
}

/** The rows first, and their indexes afterwards: as the indexer leaves them, sooner. */
async function addTerms(sql: Sql): Promise<void> {
  tell("terms");
  await sql`drop index search_terms_of_message`;
  await sql`alter table search_terms drop constraint search_terms_pkey`;
  await sql`
    insert into search_terms (scope_id, term, at_ms, conversation_id, seq)
    select scope, word, floor(extract(epoch from m.created_at) * 1000)::int8, m.conversation_id, m.seq
    from messages m join conversations c on c.id = m.conversation_id
    cross join lateral (select distinct word from string_to_table(m.text, ' ') as word) as w
    cross join lateral unnest(array[c.low_id, c.high_id]) as scope`;
  tell("their indexes");
  await sql.begin(async (tx) => {
    await tx`set local maintenance_work_mem = '1GB'`;
    await tx`alter table search_terms add primary key (scope_id, term, at_ms, conversation_id, seq)`;
    await tx`create index search_terms_of_message on search_terms (conversation_id, seq)`;
  });
}

/** What was written here is what the server's own terms are. */
async function checkTerms(sql: Sql): Promise<void> {
  const rows: { text: string; terms: string[] }[] = await sql`
    select m.text, array(select distinct t.term from search_terms t
      where t.conversation_id = m.conversation_id and t.seq = m.seq order by 1) as terms
    from messages m order by m.conversation_id, m.seq limit 200`;
  for (const { text, terms } of rows)
    if (JSON.stringify(termsOf(text).toSorted()) !== JSON.stringify(terms))
      throw new Error(`the terms of "${text}" are not those that the server makes: ${JSON.stringify(terms)}`);
}
