import { plainArray, textArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import { kindTerms } from "./terms.ts";
import { termsOfPart, type Query } from "./query.ts";

/** Where a message stands among all that are searched, newest first: sent at, conversation, seq. */
export interface Place {
  at: number;
  conversation_id: string;
  seq: number;
}

/** Some of the places that may hold what is asked for. `last`: the oldest that was looked at; null when there are no more. */
export interface Candidates {
  places: Place[];
  last: Place | null;
}

export interface Wanted {
  /** The index's scopes in which the viewer may find something. */
  scopes: readonly string[];
  query: Query;
  kind: "text" | "photo" | "link" | undefined;
  conversationId: string | undefined;
  fromMs: number;
  /** Looked at from here on, this one left out. */
  before: Place;
}

/** Any of these stands for one part of the query. `all`: there are no more that begin so. */
interface Alternatives {
  terms: string[];
  all: boolean;
}

const countedMost = 200;
/** Of more terms that begin so, the first: one more letter narrows them. */
const prefixTermsMost = 100;
/** Each term of each scope may give a whole chunk: so many rows of the index at most, some milliseconds. */
const looksPerChunk = 20_000;
const nilPlace = { conversation_id: "00000000-0000-0000-0000-000000000000", seq: 0 };

/**
 * Walks the rarest part of the query, newest first, in chunks: each is one range of the index for each scope and term. Whether
 * the other parts are there is asked by key. So a rare word costs one range, and common words cost by the chunk.
 */
export async function* walkIndex(sql: Sql, wanted: Wanted): AsyncGenerator<Candidates> {
  const groups = await alternativesOf(sql, wanted);
  if (groups.length === 0 || groups.some((group) => group.terms.length === 0)) return;
  const driver = await rarest(sql, wanted.scopes, groups);
  const others = groups.filter((group) => group !== driver && group.all);
  const fair = Math.floor(looksPerChunk / (wanted.scopes.length * driver.terms.length));
  let size = Math.min(200, Math.max(50, fair));
  let before = wanted.before;
  for (;;) {
    const rows = await readChunk(sql, { wanted, driver: driver.terms, others, before, size });
    const last = rows.length < size ? null : (rows.at(-1) ?? null);
    yield { places: once(rows.filter((row) => row.fits)), last };
    if (!last) return;
    before = last;
    size = Math.min(1_000, Math.max(size, fair));
  }
}

async function alternativesOf(sql: Sql, { query, kind, scopes }: Wanted): Promise<Alternatives[]> {
  const groups: Alternatives[] = [];
  for (const { term, prefix } of query.parts.flatMap(termsOfPart))
    groups.push(prefix ? await beginningWith(sql, scopes, term) : { terms: [term], all: true });
  if (kind === "photo" || kind === "link") groups.push({ terms: [kindTerms[kind]], all: true });
  return groups;
}

/** Terms that begin so, the term itself first, by hopping from one to the next: each hop is one look by key. */
async function beginningWith(sql: Sql, scopes: readonly string[], prefix: string): Promise<Alternatives> {
  const most = Math.min(prefixTermsMost, Math.max(8, Math.floor(2_000 / scopes.length)));
  const end = `${prefix}\u{10FFFF}`;
  const rows: { term: string }[] = await sql`
    with recursive hop as (
      select s.id as scope_id, 1 as n, (select t.term from search_terms t
        where t.scope_id = s.id and t.term >= ${prefix} and t.term < ${end} order by t.term limit 1) as term
      from unnest(${plainArray(scopes)}::uuid[]) as s(id)
      union all
      select hop.scope_id, hop.n + 1, (select t.term from search_terms t
        where t.scope_id = hop.scope_id and t.term > hop.term and t.term < ${end} order by t.term limit 1)
      from hop where hop.term is not null and hop.n <= ${most}
    )
    select distinct hop.term from hop where hop.term is not null order by hop.term limit ${most + 1}`;
  return { terms: rows.slice(0, most).map((row) => row.term), all: rows.length <= most };
}

async function rarest(sql: Sql, scopes: readonly string[], groups: readonly Alternatives[]): Promise<Alternatives> {
  const [first, ...rest] = groups;
  if (!first) throw new Error("a query without parts has nothing to walk");
  if (rest.length === 0) return first;
  const flat = groups.flatMap((group, n) => group.terms.map((term) => ({ term, n })));
  const rows: { n: number; count: number }[] = await sql`
    select t.n::int as n, sum(c.count)::float8 as count
    from unnest(${textArray(flat.map((one) => one.term))}::text[], ${plainArray(flat.map((one) => one.n))}::int4[]) as t(term, n)
    cross join unnest(${plainArray(scopes)}::uuid[]) as s(id)
    cross join lateral (select count(*) as count from (
      select 1 from search_terms x where x.scope_id = s.id and x.term = t.term limit ${countedMost}) as y) as c
    group by t.n`;
  const counts = new Map(rows.map((row) => [row.n, row.count]));
  // Of two that are equally common the one with fewer terms.
  const cost = (n: number) => (counts.get(n) ?? 0) + (groups[n]?.terms.length ?? 0) / 100;
  return groups.reduce((best, group, n) => (cost(n) < cost(groups.indexOf(best)) ? group : best), first);
}

interface Chunk {
  wanted: Wanted;
  driver: readonly string[];
  others: readonly Alternatives[];
  before: Place;
  size: number;
}

async function readChunk(
  sql: Sql,
  { wanted, driver, others, before, size }: Chunk,
): Promise<(Place & { fits: boolean })[]> {
  const flat = others.flatMap((group, n) => group.terms.map((term) => ({ term, n })));
  return await sql`
    select d.at_ms::float8 as at, d.conversation_id, d.seq::float8 as seq,
      (${wanted.conversationId ?? null}::uuid is null or d.conversation_id = ${wanted.conversationId ?? null}::uuid)
      and (${others.length}::int = 0 or ${others.length}::int = (
        select count(distinct o.n)
        from unnest(${textArray(flat.map((one) => one.term))}::text[], ${plainArray(flat.map((one) => one.n))}::int4[]) as o(term, n)
        where (select true from search_terms x where x.scope_id = d.scope_id and x.term = o.term and x.at_ms = d.at_ms
          and x.conversation_id = d.conversation_id and x.seq = d.seq))) as fits
    from (
      select p.* from unnest(${plainArray(wanted.scopes)}::uuid[]) as s(id)
      cross join unnest(${textArray(driver)}::text[]) as t(term)
      cross join lateral (
        select x.scope_id, x.at_ms, x.conversation_id, x.seq from search_terms x
        where x.scope_id = s.id and x.term = t.term and x.at_ms >= ${wanted.fromMs}
          and (x.at_ms, x.conversation_id, x.seq) < (${before.at}::int8, ${before.conversation_id}::uuid, ${before.seq}::int8)
        order by x.at_ms desc, x.conversation_id desc, x.seq desc limit ${size}) as p
      order by p.at_ms desc, p.conversation_id desc, p.seq desc limit ${size}) as d`;
}

/** A message that holds two words that begin so stands there twice, one after the other. */
function once(places: readonly Place[]): Place[] {
  return places.filter((place, n) => {
    const before = places[n - 1];
    return before === undefined || before.conversation_id !== place.conversation_id || before.seq !== place.seq;
  });
}

/** One conversation's messages themselves, newest first: for a short one, which is read sooner than the terms of everything. */
export async function* walkConversation(
  sql: Sql,
  { conversationId, fromMs, before }: { conversationId: string; fromMs: number; before: Place },
): AsyncGenerator<Candidates> {
  // Places go by time, which within a conversation may differ from seq: it is read as a whole.
  const rows: Place[] = await sql`
    select m.conversation_id, m.seq::float8 as seq,
      case when isfinite(m.created_at) then floor(extract(epoch from m.created_at) * 1000)::float8 else 0 end as at
    from messages m where m.conversation_id = ${conversationId} and m.unsent_at is null`;
  const left = rows
    .filter((row) => row.at >= fromMs && isBefore(row, before))
    .toSorted((a, b) => (isBefore(a, b) ? 1 : -1));
  for (let n = 0; n < left.length; n += 200) {
    const places = left.slice(n, n + 200);
    yield { places, last: n + 200 < left.length ? (places.at(-1) ?? null) : null };
  }
}

function isBefore(one: Place, other: Place): boolean {
  if (one.at !== other.at) return one.at < other.at;
  if (one.conversation_id !== other.conversation_id) return one.conversation_id < other.conversation_id;
  return one.seq < other.seq;
}

/** After every message that was sent before this time. */
export function placeAt(ms: number): Place {
  return { at: ms, ...nilPlace };
}
