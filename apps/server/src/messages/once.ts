import { limits } from "@sotto/protocol/limits.ts";
import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { Sql } from "../db/sql.ts";
import { Refusal, refuse } from "../errors.ts";
import { seqOfMessage } from "../message-id.ts";
import type { ExpireDeps } from "./expire.ts";
import { extrasOf, type MessageExtras } from "./extras.ts";
import type { MediaReader } from "./message-parts.ts";
import { isExpired, messageColumns, type MessageRow } from "./message-view.ts";
import { endIfAllOpened } from "./once-end.ts";

export interface OnceDeps extends ExpireDeps {
  views: MediaReader;
}

/** Who opens, on which session. */
export interface Opener {
  personId: string;
  sessionId: string;
}

interface Asked {
  conversationId: string;
  messageId: string;
}

/**
 * Opens a view-once message (C19): its text and photos for this session, for a minute, and never again on any device. The same
 * session that asks again within it (an answer got lost) gets the same. Its sender cannot open it, nor read it anywhere.
 */
export async function openOnce(
  deps: OnceDeps,
  opener: Opener,
  asked: Asked,
): Promise<CommandOutput<"messages.openOnce"> | Refusal> {
  // Before any lock: nobody holds up a conversation that is not theirs.
  if (!(await readOnce(deps.sql, opener.personId, asked))) return refuse("not_found");
  const opened = await deps.inbox.touchIfLost(
    [asked.conversationId],
    async () => await deps.sql.begin(async (tx) => await writeOpened(tx, opener, asked)),
  );
  if (opened instanceof Refusal) return opened;
  if (opened.told) {
    deps.inbox.touch(asked.conversationId, { stale: true });
    await deps.tell([opened.row]);
  }
  const views = await deps.views(opened.mediaIds);
  return {
    text: opened.row.text,
    media: opened.mediaIds.flatMap((id) => views.get(id) ?? []),
    expiresAt: opened.until.toISOString(),
  };
}

/** Whoever looked ends it; twice is once. */
export async function closeOnce(
  deps: OnceDeps,
  personId: string,
  asked: Asked,
): Promise<Refusal | Record<string, never>> {
  const row = await readOnce(deps.sql, personId, asked);
  if (!row) return refuse("not_found");
  const { conversationId } = asked;
  await deps.inbox.touchIfLost([conversationId], async () => {
    const tombstone = await deps.sql.begin(async (tx) => {
      await tx`select 1 from conversations where id = ${conversationId} for no key update`;
      const mine = await tx`
        delete from once_views where conversation_id = ${conversationId} and seq = ${row.seq} and person_id = ${personId}
        returning 1 as one`;
      return mine.length === 0 ? null : await endIfAllOpened(tx, deps, { conversationId, seq: row.seq });
    });
    if (!tombstone) return;
    deps.inbox.touch(conversationId, { stale: true });
    await deps.tell([tombstone]);
  });
  await deps.media.deleteBlobs();
  return {};
}

interface Opened {
  row: MessageRow;
  mediaIds: string[];
  until: Date;
  /** It was opened just now, and the others may know. */
  told: boolean;
}

async function writeOpened(tx: Sql, opener: Opener, asked: Asked): Promise<Opened | Refusal> {
  await tx`select 1 from conversations where id = ${asked.conversationId} for no key update`;
  const row = await readOnce(tx, opener.personId, asked);
  if (!row) return refuse("not_found");
  if (row.unsent_at !== null || isExpired(row, Date.now())) return refuse("expired");
  const { viewOnce } = extrasOf(row);
  if (!viewOnce) return refuse("not_found");
  const mediaIds = await readMediaIds(tx, row);
  if ([...viewOnce.openedBy, ...(viewOnce.quietly ?? [])].includes(opener.personId)) {
    const until = await readGrant(tx, opener, row);
    return until === null ? refuse("expired") : { row, mediaIds, until, told: false };
  }
  const until = await grant(tx, opener, row);
  const quiet = await opensQuietly(tx, opener.personId, row);
  return {
    row: await recordOpener(tx, row, { viewOnce, personId: opener.personId, quiet }),
    mediaIds,
    until,
    told: !quiet,
  };
}

/** A view-once message, or what became of it, that this member was shown and did not send. */
async function readOnce(sql: Sql, personId: string, asked: Asked): Promise<MessageRow | undefined> {
  const [row]: MessageRow[] = await sql`
    select ${messageColumns(sql)} from messages m
    join members b on b.conversation_id = m.conversation_id and b.person_id = ${personId} and b.left_at is null
      and b.visible_after_seq < m.seq
    where m.conversation_id = ${asked.conversationId} and m.seq = ${seqOfMessage(asked.messageId)} and m.id = ${asked.messageId}
      and m.sender_id <> ${personId} and (m.extras->'viewOnce' is not null or m.unsent_at is not null)
      and not exists (
        select 1 from hidden_messages h
        where h.person_id = ${personId} and h.conversation_id = m.conversation_id and h.seq = m.seq)`;
  return row;
}

async function readMediaIds(tx: Sql, row: MessageRow): Promise<string[]> {
  const held: { media_id: string }[] = await tx`
    select media_id from message_media
    where conversation_id = ${row.conversation_id} and seq = ${row.seq} and role = 'content' order by position`;
  return held.map((one) => one.media_id);
}

/** Until when this session may look; null where it may not, or not any more. */
async function readGrant(tx: Sql, { personId, sessionId }: Opener, row: MessageRow): Promise<Date | null> {
  const [found] = await tx`
    select expires_at from once_views
    where conversation_id = ${row.conversation_id} and seq = ${row.seq} and person_id = ${personId}
      and session_id = ${sessionId} and expires_at > now()`;
  return found?.expires_at ?? null;
}

async function grant(tx: Sql, { personId, sessionId }: Opener, row: MessageRow): Promise<Date> {
  const [{ expires_at: until }] = await tx`
    insert into once_views (conversation_id, seq, person_id, session_id, expires_at)
    values (${row.conversation_id}, ${row.seq}, ${personId}, ${sessionId},
      now() + make_interval(secs => ${limits.viewOnceSeconds}))
    returning expires_at`;
  return until;
}

/** Nothing is told between two of whom one blocked the other, nor of somebody who has not accepted (R3, R5, R7). */
async function opensQuietly(tx: Sql, personId: string, row: MessageRow): Promise<boolean> {
  const [found] = await tx`
    select exists (
        select 1 from blocks b
        where (b.blocker_id, b.blocked_id) in ((${personId}::uuid, ${row.sender_id}::uuid), (${row.sender_id}::uuid, ${personId}::uuid)))
      or exists (
        select 1 from members m
        where m.conversation_id = ${row.conversation_id} and m.person_id = ${personId} and m.invited_by is not null) as quiet`;
  return found.quiet;
}

/** One change of the message, unless its sender is not told: then nobody sees that anything changed. */
async function recordOpener(
  tx: Sql,
  row: MessageRow,
  { viewOnce, personId, quiet }: { viewOnce: NonNullable<MessageExtras["viewOnce"]>; personId: string; quiet: boolean },
): Promise<MessageRow> {
  const key = { id: row.conversation_id, seq: row.seq };
  if (quiet) {
    const extras = { ...row.extras, viewOnce: { ...viewOnce, quietly: [...(viewOnce.quietly ?? []), personId] } };
    await tx`update messages set extras = ${extras}::jsonb where conversation_id = ${key.id} and seq = ${key.seq}`;
    return { ...row, extras };
  }
  const extras = { ...row.extras, viewOnce: { ...viewOnce, openedBy: [...viewOnce.openedBy, personId] } };
  const [{ change }] = await tx`
    update conversations set last_change = last_change + 1 where id = ${key.id} returning last_change::float8 as change`;
  await tx`
    update messages set extras = ${extras}::jsonb, change = ${change}, changed = true
    where conversation_id = ${key.id} and seq = ${key.seq}`;
  return { ...row, extras, change };
}
