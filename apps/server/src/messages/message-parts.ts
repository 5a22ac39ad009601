import type { Media, Message, PersonBrief } from "@sotto/protocol/types.ts";
import type { DamageLog } from "../damage.ts";
import { plainArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import { extrasOf } from "./extras.ts";
import { isDamaged, messageColumns, noParts, toMessage, type MessageParts, type MessageRow } from "./message-view.ts";
import { isAnswering, quoteOf, seenSources, sourceKey } from "./quotes.ts";

/** How to show media, by their ids; given by `media/`. */
export type MediaReader = (mediaIds: readonly string[]) => Promise<Map<string, Media>>;
/** How to show people, by their ids; given by `people/`. */
export type PeopleReader = (personIds: readonly string[]) => Promise<Map<string, PersonBrief>>;

export interface ViewDeps {
  sql: Sql;
  media: MediaReader;
  people: PeopleReader;
  damaged: DamageLog;
}

/** Rows as the viewer sees them, with everything that is theirs. What the rows do not have costs no query. */
export async function viewMessages(deps: ViewDeps, rows: readonly MessageRow[], viewerId: string): Promise<Message[]> {
  for (const row of rows) if (isDamaged(row)) deps.damaged(`message ${row.seq} of conversation ${row.conversation_id}`);
  const answering = rows.filter((row) => row.unsent_at === null).filter(isAnswering);
  const [shared, seen] = await Promise.all([
    readShared(deps, rows),
    answering.length === 0 ? new Set<string>() : seenSources(deps.sql, viewerId, answering),
  ]);
  return rows.map((row) => {
    const sees = row.reply_to_seq !== null && seen.has(sourceKey(row.conversation_id, row.reply_to_seq));
    return toMessage(row, viewerId, partsFor(shared, row, sees));
  });
}

/** What of some messages is the same for everybody: it is read once, whoever they are shown to. */
export interface Shared {
  media: ReadonlyMap<string, readonly HeldMedium[]>;
  sources: ReadonlyMap<string, MessageRow>;
  cards: ReadonlyMap<string, PersonBrief>;
}

interface HeldMedium {
  role: "content" | "preview";
  view: Media;
}

export async function readShared(deps: ViewDeps, rows: readonly MessageRow[]): Promise<Shared> {
  const live = rows.filter((row) => row.unsent_at === null);
  const sources = await readSources(deps.sql, live);
  const cardIds = live.flatMap((row) => (row.extras === null ? [] : (extrasOf(row).cardPersonId ?? [])));
  const [media, cards] = await Promise.all([
    readMedia(deps, [
      ...new Map([...live, ...sources.values()].filter(holdsMedia).map((row) => [row.id, row])).values(),
    ]),
    cardIds.length === 0 ? new Map<string, PersonBrief>() : deps.people([...new Set(cardIds)]),
  ]);
  return { media, sources, cards };
}

/** `seesSource`: whether this viewer may see what the message answers. */
export function partsFor({ media, sources, cards }: Shared, row: MessageRow, seesSource: boolean): MessageParts {
  if (!row.has_media && row.extras === null && row.reply_to_seq === null) return noParts;
  const held = media.get(row.id) ?? [];
  return {
    media: held.flatMap(({ role, view }) => (role === "content" ? [view] : [])),
    previewImage: held.find(({ role }) => role === "preview")?.view ?? null,
    card: cards.get(extrasOf(row).cardPersonId ?? ""),
    replyTo: isAnswering(row) ? quoteOf(row, seesSource ? sourceOf({ media, sources }, row) : undefined) : undefined,
  };
}

function sourceOf({ media, sources }: Pick<Shared, "media" | "sources">, row: MessageRow & { reply_to_seq: number }) {
  const source = sources.get(sourceKey(row.conversation_id, row.reply_to_seq));
  if (!source) return undefined;
  const photo = media.get(source.id)?.find(({ role }) => role === "content");
  return { row: source, placeholder: photo?.view.placeholder };
}

function holdsMedia(row: MessageRow): boolean {
  return row.unsent_at === null && (row.has_media || extrasOf(row).preview?.mediaId !== undefined);
}

async function readSources(sql: Sql, rows: readonly MessageRow[]): Promise<Map<string, MessageRow>> {
  const answering = rows.filter(isAnswering);
  if (answering.length === 0) return new Map();
  const sources: MessageRow[] = await sql`
    select distinct on (m.conversation_id, m.seq) ${messageColumns(sql)}
    from unnest(${plainArray(answering.map((row) => row.conversation_id))}::uuid[],
        ${plainArray(answering.map((row) => row.reply_to_seq))}::int8[]) as k(conversation_id, seq)
    join messages m on m.conversation_id = k.conversation_id and m.seq = k.seq`;
  return new Map(sources.map((row) => [sourceKey(row.conversation_id, row.seq), row]));
}

async function readMedia(deps: ViewDeps, rows: readonly MessageRow[]): Promise<Map<string, HeldMedium[]>> {
  if (rows.length === 0) return new Map();
  const held: { n: number; media_id: string; role: HeldMedium["role"] }[] = await deps.sql`
    select k.n::int as n, mm.media_id, mm.role
    from unnest(${plainArray(rows.map((row) => row.conversation_id))}::uuid[], ${plainArray(rows.map((row) => row.seq))}::int8[])
      with ordinality as k(conversation_id, seq, n)
    join message_media mm on mm.conversation_id = k.conversation_id and mm.seq = k.seq
    order by k.n, mm.position`;
  const views = await deps.media(held.map((one) => one.media_id));
  const byMessage = new Map<string, HeldMedium[]>();
  for (const { n, media_id, role } of held) {
    const [row, view] = [rows[n - 1], views.get(media_id)];
    if (row && view) byMessage.set(row.id, [...(byMessage.get(row.id) ?? []), { role, view }]);
  }
  return byMessage;
}
