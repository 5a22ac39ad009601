import type { RequestRules } from "@sotto/domain/may-message.ts";
import type { Message } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { Refusal, refuse } from "../errors.ts";
import type { MediaPurge, SearchUpkeep } from "./entomb.ts";
import { toColumn, type MessageExtras } from "./extras.ts";
import { decide, readFacts, type SendFacts } from "./facts.ts";
import { viewMessages } from "./message-parts.ts";
import { isExpired, toMessage, type MessageRow } from "./message-view.ts";
import { changeQuoting, tellQuoting } from "./quoting.ts";
import { readVisible, type AskedMessage } from "./read-visible.ts";
import { toRefusal } from "./refusals.ts";
import type { SaidDeps } from "./said.ts";
import { tellMembers, type TellDeps } from "./tell.ts";

export interface ChangeDeps extends TellDeps, SaidDeps {
  rules: RequestRules;
  nowMs: () => number;
  purge: MediaPurge;
  search: SearchUpkeep;
}

/** What a message becomes; what is left out stays. */
export interface Altered {
  extras?: MessageExtras;
  text?: string;
  pinnedAt?: Date | null;
}

/** Decides in the transaction what becomes of a message; null when it is as it was asked to be already. */
export type Alter = (tx: Sql, row: MessageRow, facts: SendFacts) => Promise<Altered | Refusal | null>;

/**
 * Facts → decide → commit → publish, for a message that is there: one change of its conversation, under its lock, so that
 * every device ends with the same (R15). `asSend`: allowed where the person could send a message now (R1 to R5), which is
 * decided in the committing transaction; what takes something of one's own away needs membership alone. A tombstone looks
 * like a missing message, and so does what the person may not see (R27).
 */
export async function changeMessage(
  deps: ChangeDeps,
  asked: AskedMessage,
  { asSend, alter }: { asSend: boolean; alter: Alter },
): Promise<Message | Refusal> {
  const { conversationId, personId } = asked;
  // Before any lock: nobody holds up a conversation with ids that are not theirs.
  if (!(await readVisible(deps.sql, asked))) return refuse("not_found");
  return await deps.inbox.touchIfLost([conversationId], async () => {
    const outcome = await deps.sql.begin(async (tx) => {
      await tx`select 1 from conversations where id = ${conversationId} for no key update`;
      const row = await readVisible(tx, asked);
      if (!row || row.unsent_at !== null || isExpired(row, deps.nowMs())) return refuse("not_found");
      const facts = await allowed(tx, deps, { conversationId, senderId: personId, asSend });
      if (facts instanceof Refusal) return facts;
      const altered = await alter(tx, row, facts);
      if (altered === null || altered instanceof Refusal) return altered ?? { unchanged: row };
      return await write(tx, deps, row, altered);
    });
    if (outcome instanceof Refusal) return outcome;
    return "unchanged" in outcome ? await show(deps, personId, outcome.unchanged) : await tell(deps, personId, outcome);
  });
}

/** The facts, where they allow it. What waits to be accepted holds one message, as it was sent (R3). */
async function allowed(
  tx: Sql,
  deps: ChangeDeps,
  { asSend, ...key }: { conversationId: string; senderId: string; asSend: boolean },
): Promise<SendFacts | Refusal> {
  const [facts] = await readFacts(tx, [key]);
  if (!facts) return refuse("not_found");
  if (!asSend) return facts;
  const decision = decide(facts, { textOnly: true, rules: deps.rules, nowMs: deps.nowMs() });
  if (!decision.allowed) return toRefusal(decision);
  return decision.as === "message" ? facts : refuse("request_waiting", { detail: "This waits to be accepted." });
}

interface Changed {
  row: MessageRow;
  /** It is the one that lists show. */
  latest: boolean;
  /** Its words changed, and others may quote them. */
  quoted: boolean;
}

async function write(tx: Sql, deps: ChangeDeps, row: MessageRow, altered: Altered): Promise<Changed> {
  const [{ change, last_seq: lastSeq }] = await tx`
    update conversations set last_change = last_change + 1 where id = ${row.conversation_id}
    returning last_change::float8 as change, last_seq::float8 as last_seq`;
  const next: MessageRow = {
    ...row,
    change,
    text: altered.text ?? row.text,
    extras: altered.extras ? toColumn(altered.extras) : row.extras,
    pinned_at: altered.pinnedAt === undefined ? row.pinned_at : altered.pinnedAt,
  };
  await tx`
    update messages set text = ${next.text}, extras = ${next.extras}::jsonb, pinned_at = ${next.pinned_at}, change = ${change},
      changed = true
    where conversation_id = ${row.conversation_id} and seq = ${row.seq}`;
  const latest = row.seq === lastSeq;
  if (altered.text === undefined) return { row: next, latest, quoted: false };
  await deps.search.replace(tx, { conversationId: row.conversation_id, seq: row.seq });
  return { row: next, latest, quoted: (await changeQuoting(tx, next)) > 0 };
}

/** Nobody hears of what changed nothing (R5); an answer that was lost touched the inbox of all (`touchIfLost`). */
async function show(deps: ChangeDeps, viewerId: string, row: MessageRow): Promise<Message> {
  const [message] = await viewMessages(deps, [row], viewerId);
  return message ?? toMessage(row, viewerId);
}

async function tell(deps: ChangeDeps, viewerId: string, { row, latest, quoted }: Changed): Promise<Message> {
  deps.inbox.touch(row.conversation_id, { stale: latest });
  const told = await tellMembers(deps, [row], { event: "message.changed", viewerId });
  if (quoted) await tellQuoting(deps, row);
  return told.get(row.id) ?? toMessage(row, viewerId);
}
