import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { Message } from "@sotto/protocol/types.ts";
import { refuse, type Refusal } from "../errors.ts";
import { changeMessage, type ChangeDeps } from "./change-message.ts";
import { extrasOf } from "./extras.ts";
import { upToAnswerSize } from "./history.ts";
import { viewMessages, type ViewDeps } from "./message-parts.ts";
import { messageColumns, type MessageRow } from "./message-view.ts";
import type { AskedMessage } from "./read-visible.ts";

/** For everybody in the conversation; pinned already, it stays as it is. */
export async function pin(deps: ChangeDeps, asked: AskedMessage): Promise<Message | Refusal> {
  return await changeMessage(deps, asked, {
    asSend: true,
    alter: async (tx, row) => {
      if (row.pinned_at !== null) return null;
      const [{ count }] = await tx`
        select count(*)::int as count from messages
        where conversation_id = ${row.conversation_id} and pinned_at is not null`;
      if (count >= limits.pinsPerConversation)
        return refuse("too_large", { detail: `A conversation holds ${limits.pinsPerConversation} pinned messages.` });
      return { pinnedAt: new Date(deps.nowMs()), extras: { ...extrasOf(row), pinnedBy: asked.personId } };
    },
  });
}

export async function unpin(deps: ChangeDeps, asked: AskedMessage): Promise<Message | Refusal> {
  return await changeMessage(deps, asked, {
    asSend: true,
    alter: async (_, row) => {
      if (row.pinned_at === null) return null;
      const { pinnedBy: _by, ...extras } = extrasOf(row);
      return { pinnedAt: null, extras };
    },
  });
}

/**
 * Newest message first, as many as fit into one answer: a hundred of the longest texts are 6 MB. Membership and what the viewer may
 * see are in the query (T1, R8, R10).
 */
export async function listPinned(
  deps: ViewDeps,
  viewerId: string,
  { conversationId, before = Number.MAX_SAFE_INTEGER }: CommandParsed<"messages.listPinned">,
): Promise<CommandOutput<"messages.listPinned"> | Refusal> {
  const { sql } = deps;
  const membership = await sql`
    select 1 from members where conversation_id = ${conversationId} and person_id = ${viewerId} and left_at is null`;
  if (membership.length === 0) return refuse("not_found");
  const rows: MessageRow[] = await sql`
    select ${messageColumns(sql)}
    from messages m join members b on b.conversation_id = m.conversation_id and b.person_id = ${viewerId}
      and b.left_at is null and b.visible_after_seq < m.seq
    where m.conversation_id = ${conversationId} and m.seq < ${before} and m.pinned_at is not null
      and m.unsent_at is null and (m.expires_at is null or m.expires_at > now())
      and not exists (
        select 1 from hidden_messages h
        where h.person_id = ${viewerId} and h.conversation_id = m.conversation_id and h.seq = m.seq)
    order by m.seq desc limit ${limits.pinsPerConversation}`;
  const shown = upToAnswerSize(rows);
  return { items: await viewMessages(deps, shown, viewerId), hasOlder: shown.length < rows.length };
}
