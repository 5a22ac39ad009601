import { standsInText } from "@sotto/domain/address-in-text.ts";
import { mayEdit, type EditRules } from "@sotto/domain/edit-window.ts";
import type { CommandParsed } from "@sotto/protocol/commands.ts";
import type { Message } from "@sotto/protocol/types.ts";
import { isShowable } from "../damage.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { changeMessage, type ChangeDeps, type Altered } from "./change-message.ts";
import { attachPreview } from "./commit-single.ts";
import { extrasOf, type MessageExtras, type Preview } from "./extras.ts";
import type { SendFacts } from "./facts.ts";
import type { MessageRow } from "./message-view.ts";
import { mentionsOf } from "./said.ts";

export interface EditDeps extends ChangeDeps {
  editRules: EditRules;
}

type Asked = CommandParsed<"messages.edit"> & { personId: string };

/**
 * R17: the text of a message of one's own, inside the window of the server's clock. What it said before stays as a version, for
 * evidence, until it is unsent; nobody is served it. Its photos, what it answers and its reactions stay.
 */
export async function edit(deps: EditDeps, asked: Asked): Promise<Message | Refusal> {
  let hadImage = false;
  const answer = await changeMessage(deps, asked, {
    asSend: true,
    alter: async (tx, row, facts) => {
      hadImage = extrasOf(row).preview?.mediaId !== undefined;
      const refused = refusedEdit(deps, asked, row);
      return refused ?? (await rewrite(tx, deps, { asked, row, facts }));
    },
  });
  // The image of a preview may have gone with the edit.
  if (hadImage) await deps.purge.deleteBlobs();
  return answer;
}

/** Somebody else's looks like a missing one (R27); what was sent on, or opens once, is as it was. */
function refusedEdit(deps: EditDeps, asked: Asked, row: MessageRow): Refusal | null {
  if (row.sender_id !== asked.personId) return refuse("not_found");
  const extras = extrasOf(row);
  if (extras.forwarded) return refuse("edit_window_closed", { detail: "What was forwarded cannot be edited." });
  if (extras.viewOnce) return refuse("edit_window_closed", { detail: "What opens once cannot be edited." });
  const sentAtMs = isShowable(row.created_at) ? row.created_at.getTime() : Number.NaN;
  if (!mayEdit({ sentAtMs, nowMs: deps.nowMs() }, deps.editRules)) return refuse("edit_window_closed");
  if (/\S/.test(asked.text) || row.has_media || extras.cardPersonId !== undefined) return null;
  return refuse("invalid", { detail: "A message needs text or a photo.", pointer: "/text" });
}

async function rewrite(
  tx: Sql,
  deps: EditDeps,
  { asked, row, facts }: { asked: Asked; row: MessageRow; facts: SendFacts },
): Promise<Altered | null> {
  const before = extrasOf(row);
  const { mentionIds: _mentioned, preview: _shown, ...kept } = before;
  const mentions =
    asked.mentionIds === undefined
      ? { ...(before.mentionIds && { mentionIds: before.mentionIds }) }
      : mentionsOf(asked.mentionIds, facts.memberIds);
  const preview = await previewAfter(tx, deps, { asked, before });
  const extras: MessageExtras = { ...kept, ...mentions, ...(preview && { preview }) };
  if (asked.text === row.text && sameAs(extras, before)) return null;
  await keepVersion(tx, row, before);
  if (preview !== before.preview) await exchangeImage(tx, deps, row, preview);
  return { text: asked.text, extras: { ...extras, editedAt: new Date(deps.nowMs()).toISOString() } };
}

/** Left out: the one it had stays where its address still stands in the text. */
async function previewAfter(
  tx: Sql,
  deps: EditDeps,
  { asked, before }: { asked: Asked; before: MessageExtras },
): Promise<Preview | undefined> {
  const { previewId, personId: senderId, text } = asked;
  if (previewId === null) return undefined;
  if (previewId !== undefined) return (await deps.claimPreview(tx, { previewId, senderId, text })) ?? undefined;
  return before.preview && standsInText(before.preview.url, text) ? before.preview : undefined;
}

function sameAs(extras: MessageExtras, before: MessageExtras): boolean {
  const { mentionIds, preview } = before;
  return extras.preview === preview && String(extras.mentionIds ?? []) === String(mentionIds ?? []);
}

async function keepVersion(tx: Sql, row: MessageRow, { editedAt }: MessageExtras): Promise<void> {
  await tx`
    insert into message_versions (conversation_id, seq, version, text, written_at)
    select ${row.conversation_id}, ${row.seq}::int8,
      1 + (select count(*)::int from message_versions v where v.conversation_id = ${row.conversation_id} and v.seq = ${row.seq}),
      ${row.text}, ${editedAt === undefined ? row.created_at : new Date(editedAt)}::timestamptz`;
}

/** The old preview's image goes with its last holder, the new one's is counted from now on. */
async function exchangeImage(tx: Sql, deps: EditDeps, row: MessageRow, preview: Preview | undefined): Promise<void> {
  const dropped: { media_id: string }[] = await tx`
    delete from message_media
    where conversation_id = ${row.conversation_id} and seq = ${row.seq} and role = 'preview' returning media_id`;
  if (preview?.mediaId !== undefined) await attachPreview(tx, row, preview.mediaId);
  await deps.purge.purge(
    tx,
    dropped.map((one) => one.media_id),
  );
}
