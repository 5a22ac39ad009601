import { limits } from "@sotto/protocol/limits.ts";
import type { Message } from "@sotto/protocol/types.ts";
import { plainArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import { messageId } from "../message-id.ts";
import { extrasOf } from "./extras.ts";
import { isExpired, type MessageRow } from "./message-view.ts";

type Quote = NonNullable<Message["replyTo"]>;

/** A message that answers another. */
export type Answering = Pick<MessageRow, "conversation_id"> & { reply_to_seq: number };

export function isAnswering<R extends Pick<MessageRow, "reply_to_seq">>(row: R): row is R & { reply_to_seq: number } {
  return row.reply_to_seq !== null;
}

/**
 * A quote is resolved when it is read, never copied (R9): from the source as it is now, or as something gone. `source` is
 * undefined where the viewer may not see it: that it is missing, hidden or from before their time is one answer (R27).
 */
export function quoteOf(
  answering: Answering,
  source: { row: MessageRow; placeholder: string | undefined } | undefined,
  nowMs = Date.now(),
): Quote {
  const where = {
    messageId: messageId(answering.conversation_id, answering.reply_to_seq),
    seq: answering.reply_to_seq,
  };
  if (!source || source.row.unsent_at !== null || isExpired(source.row, nowMs)) return { ...where, kind: "gone" };
  const { row, placeholder } = source;
  const extras = extrasOf(row);
  const from = { ...where, senderId: row.sender_id };
  if (extras.viewOnce) return { ...from, kind: "view_once" };
  const text = beginningOf(row.text, limits.quoteGraphemes);
  const kind = row.has_media ? "photo" : extras.cardPersonId === undefined ? "text" : "card";
  return { ...from, kind, ...(text !== "" && { text }), ...(placeholder !== undefined && { placeholder }) };
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** At most so many user-perceived characters; stops there (T28). */
function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text;
  let [count, end] = [0, 0];
  for (const { index, segment } of segmenter.segment(text)) {
    count += 1;
    end = index + segment.length;
    if (count === most) break;
  }
  return text.slice(0, end);
}

/** Which of these sources the viewer may see, by `sourceKey`: a member, since then, and not deleted for themselves (R8, R10). */
export async function seenSources(sql: Sql, viewerId: string, answering: readonly Answering[]): Promise<Set<string>> {
  const rows: { conversation_id: string; seq: number }[] = await sql`
    select k.conversation_id, k.seq::float8 as seq
    from unnest(${plainArray(answering.map((row) => row.conversation_id))}::uuid[],
        ${plainArray(answering.map((row) => row.reply_to_seq))}::int8[]) as k(conversation_id, seq)
    join members b on b.conversation_id = k.conversation_id and b.person_id = ${viewerId} and b.left_at is null
      and b.visible_after_seq < k.seq
    where not exists (
      select 1 from hidden_messages h
      where h.person_id = ${viewerId} and h.conversation_id = k.conversation_id and h.seq = k.seq)`;
  return new Set(rows.map((row) => sourceKey(row.conversation_id, row.seq)));
}

export function sourceKey(conversationId: string, seq: number): string {
  return `${conversationId} ${seq}`;
}
