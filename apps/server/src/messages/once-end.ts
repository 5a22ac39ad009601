import type { Sql } from "../db/sql.ts";
import { recordErasures } from "../erasures/record.ts";
import { entomb, type EntombDeps } from "./entomb.ts";
import { holdFree, type ExpireDeps } from "./expire.ts";
import { extrasOf } from "./extras.ts";
import { messageColumns, type MessageRow } from "./message-view.ts";
import type { Place, SetAside } from "./set-aside.ts";

const rowsAtOnce = 100;

/**
 * Looks that are over (C19): by the minute, or by a crash of whoever looked. What everybody opened is gone then; a restart in between
 * changes nothing, for the end stands in the database. Answers how many looks ended.
 */
export async function endOnceViews(deps: ExpireDeps, aside: SetAside): Promise<number> {
  const over: { conversation_id: string; seq: number }[] = await deps.sql`
    select conversation_id, seq::float8 as seq from once_views
    where expires_at <= now() ${aside.without(deps.sql, "seq")} order by expires_at limit ${rowsAtOnce}`;
  let ended = 0;
  for (const place of [
    ...over.map((row) => ({ conversationId: row.conversation_id, seq: row.seq })),
    ...aside.again(),
  ]) {
    try {
      if (!(await endViewsOf(deps, place))) {
        aside.held(place);
        continue;
      }
      aside.done(place);
      ended += 1;
    } catch (error) {
      aside.failed(place);
      deps.onError(error);
    }
  }
  if (ended > 0) await deps.media.deleteBlobs();
  return ended;
}

/** False while somebody else holds the conversation. */
async function endViewsOf(deps: ExpireDeps, place: Place): Promise<boolean> {
  const { conversationId, seq } = place;
  const outcome = await deps.inbox.touchIfLost(
    [conversationId],
    async () =>
      await deps.sql.begin(async (tx) => {
        if (!(await holdFree(tx, conversationId))) return "held";
        await tx`
          delete from once_views
          where conversation_id = ${conversationId} and seq = ${seq} and expires_at <= now()`;
        return await endIfAllOpened(tx, deps, place);
      }),
  );
  if (outcome === "held") return false;
  if (outcome === null) return true;
  deps.inbox.touch(conversationId, { stale: true });
  await deps.tell([outcome]);
  return true;
}

/**
 * A view-once message that every receiver opened who is still there, and that nobody looks at any more, becomes a tombstone. Inside a transaction
 * that holds the conversation. Null where it stays, and where its sender is not to know (`quietly`): then only what it held goes.
 */
export async function endIfAllOpened(tx: Sql, deps: EntombDeps, place: Place): Promise<MessageRow | null> {
  const [row]: MessageRow[] = await tx`
    select ${messageColumns(tx)} from messages m
    where m.conversation_id = ${place.conversationId} and m.seq = ${place.seq} and m.unsent_at is null`;
  const viewOnce = row && extrasOf(row).viewOnce;
  if (!row || !viewOnce) return null;
  const quietly = viewOnce.quietly ?? [];
  const opened = new Set([...viewOnce.openedBy, ...quietly]);
  const receivers = await readReceivers(tx, row);
  if (!receivers.every((id) => opened.has(id)) || (await isLookedAt(tx, place))) return null;
  if (receivers.some((id) => quietly.includes(id))) {
    await empty(tx, deps, row);
    return null;
  }
  // Nobody is left to open it, and nobody told its sender of having done so.
  return await entomb(tx, deps, row, viewOnce.openedBy.length > 0 ? "opened" : "expired");
}

/** Those who could open it: who left, or deleted their account, does not any more. */
async function readReceivers(tx: Sql, row: MessageRow): Promise<string[]> {
  const members: { person_id: string }[] = await tx`
    select m.person_id from members m join people p on p.id = m.person_id and p.deleted_at is null
    where m.conversation_id = ${row.conversation_id} and m.left_at is null and m.visible_after_seq < ${row.seq}
      and m.person_id <> ${row.sender_id}`;
  return members.map((one) => one.person_id);
}

async function isLookedAt(tx: Sql, { conversationId, seq }: Place): Promise<boolean> {
  const looks = await tx`
    select 1 from once_views where conversation_id = ${conversationId} and seq = ${seq} and expires_at > now()`;
  return looks.length > 0;
}

/** What it said and showed goes; the message stands as one that nobody opened, until it expires. */
async function empty(tx: Sql, deps: EntombDeps, row: MessageRow): Promise<void> {
  const key = { id: row.conversation_id, seq: row.seq };
  await tx`update messages set text = '' where conversation_id = ${key.id} and seq = ${key.seq}`;
  await recordErasures(
    tx,
    [{ kind: "message", conversationId: key.id, seq: key.seq, sentAt: row.created_at }],
    new Date(),
  );
  const held: { media_id: string }[] = await tx`
    delete from message_media where conversation_id = ${key.id} and seq = ${key.seq} returning media_id`;
  await deps.media.purge(
    tx,
    held.map((one) => one.media_id),
  );
}
