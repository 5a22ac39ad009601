import type { Message } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import { seqOfMessage } from "../message-id.ts";
import { entomb, type EntombDeps } from "./entomb.ts";
import { messageColumns, toMessage, type MessageRow } from "./message-view.ts";
import { tellChanged } from "./quoting.ts";
import { tellMembers, type TellDeps } from "./tell.ts";
import type { ToldAgain } from "./told-again.ts";

export interface UnsendDeps extends EntombDeps {
  sql: Sql;
  inbox: InboxFlush;
  tell: TellDeps;
  toldAgain: ToldAgain;
}

/**
 * Takes a message back for everybody (R9): a tombstone keeps the sequence number; text, fingerprint and photos go at once.
 * Unsending twice answers the tombstone again. Somebody else's message looks like a missing one (R27).
 */
export async function unsend(
  deps: UnsendDeps,
  asked: { personId: string; conversationId: string; messageId: string },
): Promise<Message | Refusal> {
  // Before any lock: nobody holds up a conversation with ids that are not theirs.
  const own = await readOwn(deps.sql, asked);
  if (!own) return refuse("not_found");
  if (own.unsent_at !== null) return await answerAgain(deps, asked.personId, own);
  const tombstone = await deps.inbox.touchIfLost([asked.conversationId], async () => await writeTombstone(deps, asked));
  if (!tombstone) return refuse("not_found");
  deps.inbox.touch(asked.conversationId, { stale: true });
  await tellChanged(deps.tell, [tombstone]);
  // The rows went with the commit, and with them every URL; the bytes follow.
  await deps.media.deleteBlobs();
  return toMessage(tombstone, asked.personId);
}

/**
 * It was a tombstone already: told again, but not what quotes it, rarely, and after a while not at all. A hundred times the same
 * command was 5,100 events for somebody who had blocked its sender (R5).
 */
async function answerAgain(deps: UnsendDeps, personId: string, tombstone: MessageRow): Promise<Message> {
  if (deps.toldAgain.may("unsent", tombstone.id, tombstone.unsent_at)) {
    deps.inbox.touch(tombstone.conversation_id, { stale: true });
    await tellMembers(deps.tell, [tombstone], { event: "message.changed" });
  }
  return toMessage(tombstone, personId);
}

async function writeTombstone(
  deps: UnsendDeps,
  asked: { personId: string; conversationId: string; messageId: string },
): Promise<MessageRow | null> {
  return await deps.sql.begin(async (tx) => {
    // The conversation first, as in a send: the change number is given out under its lock.
    await tx`select 1 from conversations where id = ${asked.conversationId} for no key update`;
    const found = await readOwn(tx, asked);
    if (!found) return null;
    return found.unsent_at ? found : await entomb(tx, deps, found);
  });
}

/** A message of one's own. */
async function readOwn(
  tx: Sql,
  asked: { personId: string; conversationId: string; messageId: string },
): Promise<MessageRow | undefined> {
  const [row]: MessageRow[] = await tx`
    select ${messageColumns(tx)} from messages m
    where m.conversation_id = ${asked.conversationId} and m.seq = ${seqOfMessage(asked.messageId)} and m.id = ${asked.messageId}
      and m.sender_id = ${asked.personId} and exists (
        select 1 from members b where b.conversation_id = ${asked.conversationId} and b.person_id = ${asked.personId}
          and b.left_at is null)`;
  return row;
}
