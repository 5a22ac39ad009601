import type { Message } from "@sotto/protocol/types.ts";
import { plainArray } from "../db/arrays.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import type { Publish } from "../fanout/publish.ts";
import { extrasOf } from "./extras.ts";
import { partsFor, readShared, type Shared, type ViewDeps } from "./message-parts.ts";
import { toMessage, type MessageRow } from "./message-view.ts";

export interface TellDeps extends ViewDeps {
  publish: Publish;
  inbox: InboxFlush;
}

/**
 * Committed messages of one conversation to everybody who may see them, to each as they see it: not to whoever deleted one for
 * themselves (R10), and with a quote only where its source is theirs to see. What all see alike is read once.
 * Answers the rows as `viewerId` sees them, if one is named, whether or not they are told.
 */
export async function tellMembers(
  deps: TellDeps,
  rows: readonly MessageRow[],
  {
    event,
    viewerId,
    connectionId,
  }: { event: "message" | "message.changed"; viewerId?: string; connectionId?: string | undefined },
): Promise<Map<string, Message>> {
  const [shared, sights] = await Promise.all([readShared(deps, rows), readSights(deps, rows)]);
  const own = new Map<string, Message>();
  for (const row of rows) {
    for (const { personIds, seesSource } of alike(row, sights.get(row.seq) ?? [], viewerId)) {
      const message = toMessage(row, personIds[0], partsFor(shared, row, seesSource));
      const isViewer = personIds[0] === viewerId;
      if (isViewer) own.set(row.id, message);
      deps.publish(personIds, { event, message }, isViewer ? connectionId : undefined);
    }
    if (viewerId !== undefined && !own.has(row.id)) own.set(row.id, withoutSight(shared, row, viewerId));
  }
  return own;
}

interface Alike {
  personIds: [string, ...string[]];
  seesSource: boolean;
}

/**
 * Those who are shown the same bytes, for whom a message is encoded once: everybody but the few whom it concerns (its sender, who
 * reacted, who opened it, `viewerId`). Fifty quotes told to each of forty members were 2,000 encodings, and are a hundred.
 */
function alike(row: MessageRow, sights: readonly Sight[], viewerId: string | undefined): Alike[] {
  const { reactions = [], viewOnce } = row.extras === null ? {} : extrasOf(row);
  const apart = new Set([
    ...[row.sender_id, viewerId],
    ...reactions.flatMap(([, personIds]) => personIds),
    ...(viewOnce ? [...viewOnce.openedBy, ...(viewOnce.quietly ?? [])] : []),
  ]);
  const groups = Map.groupBy(sights, (sight) => (apart.has(sight.person_id) ? sight.person_id : sight.sees_source));
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [{ personIds: [first.person_id, ...others.map((one) => one.person_id)], seesSource: first.sees_source }],
  );
}

function withoutSight(shared: Shared, row: MessageRow, viewerId: string): Message {
  return toMessage(row, viewerId, partsFor(shared, row, false));
}

/** Who may see each row, and of those who may see what it answers; by the row's seq. */
async function readSights(deps: TellDeps, rows: readonly MessageRow[]): Promise<Map<number, Sight[]>> {
  const [first] = rows;
  if (!first) return new Map();
  const conversationId = first.conversation_id;
  const sights: Sight[] = await deps.sql`
    select k.seq::float8 as seq, b.person_id,
      b.visible_after_seq < k.source and not exists (
        select 1 from hidden_messages h
        where h.person_id = b.person_id and h.conversation_id = ${conversationId} and h.seq = k.source) as sees_source
    from unnest(${plainArray(rows.map((row) => row.seq))}::int8[], ${plainArray(rows.map((row) => row.reply_to_seq ?? 0))}::int8[])
      as k(seq, source)
    join members b on b.conversation_id = ${conversationId} and b.left_at is null and b.visible_after_seq < k.seq
    where not exists (
      select 1 from hidden_messages h
      where h.person_id = b.person_id and h.conversation_id = ${conversationId} and h.seq = k.seq)`;
  return Map.groupBy(sights, (sight) => sight.seq);
}

interface Sight {
  seq: number;
  person_id: string;
  sees_source: boolean;
}
