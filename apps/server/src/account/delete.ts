import * as z from "zod";
import type { Sql } from "../db/sql.ts";
import { recordErasures } from "../erasures/record.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Bus } from "../ports/bus.ts";
import { erasePersonStatements } from "./erase-person.ts";
import { dropLetters } from "./mail-jobs.ts";

export interface DeleteDeps {
  sql: Sql;
  bus: Bus;
  inbox: InboxFlush;
  now: () => Date;
  media: { purge: (tx: Sql, mediaIds: readonly string[]) => Promise<void>; deleteBlobs: () => Promise<void> };
  /** Leaves a group, as anybody does: the others learn it; given by `groups/`. */
  leave: (member: { personId: string; conversationId: string }) => Promise<void>;
}

/** Of those with whom one wrote last, so many are told at once; the others see it when they look. */
const toldAtOnce = 1_000;

/**
 * Deletes an account for good (C9, R18): sessions and their sockets end, what belongs to the person alone goes, photos that no
 * message shows go with it. What others received stays with them, from a deleted account.
 */
export async function deleteAccount(deps: DeleteDeps, personId: string): Promise<void> {
  const { sql } = deps;
  for (const conversationId of await groupsOf(sql, personId)) await deps.leave({ personId, conversationId });
  const { sessionIds, conversationIds } = await sql.begin(async (tx) => {
    await tx`
      select graphile_worker.add_job('account:erase_again', ${{ personId }}::json, run_at := now() + make_interval(secs => ${againSeconds}),
        job_key := ${`erase again ${personId}`}, max_attempts := 20)`;
    return await erase(tx, deps, personId);
  });
  for (const sessionId of sessionIds) deps.bus.publish({ kind: "session_over", personId, sessionId });
  for (const id of conversationIds) deps.inbox.touch(id, { stale: true });
  await deps.media.deleteBlobs();
}

/** Longer than any command runs that was accepted before its session ended. */
const againSeconds = 60;
const erased = z.object({ personId: z.uuid() });

/**
 * What a person's own commands wrote that were under way while the account was deleted: a profile, a draft, a session. It goes a
 * minute later, by the same statements (R18). Deleting alone left the name of whoever kept saving it, eight times out of eight.
 */
export function deleteJobs(deps: DeleteDeps): Jobs {
  return {
    tasks: {
      "account:erase_again": async (given) => {
        const { personId } = erased.parse(given);
        const [gone] = await deps.sql`select 1 from people where id = ${personId} and deleted_at is not null`;
        if (!gone) return;
        const { sessionIds } = await deps.sql.begin(async (tx) => await erase(tx, deps, personId));
        for (const sessionId of sessionIds) deps.bus.publish({ kind: "session_over", personId, sessionId });
        await deps.media.deleteBlobs();
      },
    },
    crontab: [],
    concurrency: 1,
  };
}

async function erase(tx: Sql, deps: DeleteDeps, personId: string) {
  await tx`select 1 from people where id = ${personId} for update`;
  const sessions: { id: string }[] = await tx`select id from sessions where person_id = ${personId}`;
  const conversations: { id: string }[] = await tx`
    select conversation_id as id from inbox where person_id = ${personId} order by activity_at desc limit ${toldAtOnce}`;
  const [picture] = await tx`select picture_media_id as id from people where id = ${personId}`;
  const loose: { id: string }[] = await tx`
    select id from media m where owner_id = ${personId} and state <> 'uploading'
      and not exists (select 1 from message_media mm where mm.media_id = m.id)`;
  await dropLetters(tx, personId);
  for (const statement of erasePersonStatements) await tx.unsafe(statement, [personId]);
  await recordErasures(tx, [{ kind: "person", personId }], deps.now());
  const mediaIds = [...(picture?.id ? [picture.id as string] : []), ...loose.map(({ id }) => id)];
  await deps.media.purge(tx, [...new Set(mediaIds)]);
  return { sessionIds: sessions.map(({ id }) => id), conversationIds: conversations.map(({ id }) => id) };
}

async function groupsOf(sql: Sql, personId: string): Promise<string[]> {
  const rows: { id: string }[] = await sql`
    select m.conversation_id as id from members m join conversations c on c.id = m.conversation_id
    where m.person_id = ${personId} and m.left_at is null and c.kind = 'group'`;
  return rows.map(({ id }) => id);
}
