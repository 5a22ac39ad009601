import type { Message } from "@sotto/protocol/types.ts";
import { plainArray, textArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { fingerprint } from "./fingerprint.ts";
import { viewMessages } from "./message-parts.ts";
import { toMessage, type MessageRow } from "./message-view.ts";
import type { Send, SendDeps } from "./sending.ts";
import { readMessages } from "./store.ts";

/** A message that a client id already made. */
export interface Earlier {
  seq: number;
  fingerprint: string | null;
  unsent: boolean;
}

type ReplayKey = Pick<Send, "conversationId" | "senderId" | "clientId">;

/** By the send's place in the list. */
export async function findEarlier(sql: Sql, sends: readonly ReplayKey[]): Promise<Map<number, Earlier>> {
  if (sends.length === 0) return new Map();
  const rows: (Earlier & { n: number })[] = await sql`
    select i.n::int4 as n, e.seq::float8 as seq, e.fingerprint, e.unsent_at is not null as unsent
    from unnest(
        ${plainArray(sends.map((send) => send.conversationId))}::uuid[],
        ${plainArray(sends.map((send) => send.senderId))}::uuid[],
        ${textArray(sends.map((send) => send.clientId))}::text[])
      with ordinality as i(conversation_id, sender_id, client_id, n)
    join messages e on e.conversation_id = i.conversation_id and e.sender_id = i.sender_id and e.client_id = i.client_id`;
  return new Map(rows.map(({ n, ...earlier }) => [n - 1, earlier]));
}

/**
 * The same client id again (R13): with the same content the first result, a tombstone included; with other content a
 * conflict. Unsending erased the fingerprint, so a tombstone answers whatever the content is.
 */
export async function answerReplay(
  deps: Pick<SendDeps, "sql" | "secret" | "media" | "people" | "damaged" | "inbox" | "toldAgain">,
  send: Send,
  earlier: Earlier,
): Promise<Message | Refusal> {
  if (!earlier.unsent && earlier.fingerprint !== fingerprint(deps.secret, send))
    return refuse("conflict", { detail: "This client id was used for another message.", pointer: "/clientId" });
  const rows = await readMessages(deps.sql, [{ conversationId: send.conversationId, seq: earlier.seq }]);
  const [row] = rows;
  if (row && !(await isMember(deps.sql, send))) return toMessage(asItWasSent(row), send.senderId);
  // It is sent again because its answer was lost, and perhaps the news of it with that.
  if (row && deps.toldAgain.may("sent", row.id, row.created_at)) deps.inbox.touch(send.conversationId, { stale: true });
  const [message] = await viewMessages(deps, rows, send.senderId);
  return message ?? refuse("not_found");
}

async function isMember(sql: Sql, { conversationId, senderId }: Send): Promise<boolean> {
  const rows = await sql`
    select 1 from members where conversation_id = ${conversationId} and person_id = ${senderId} and left_at is null`;
  return rows.length > 0;
}

/** To whoever is not in there any more: what they said, and nothing of what became of it, its later changes included (R8, T3). */
function asItWasSent(row: MessageRow): MessageRow {
  const extras = row.extras?.viewOnce ? { viewOnce: { openedBy: [] } } : null;
  return { ...row, change: row.seq, extras, reply_to_seq: null, pinned_at: null };
}
