import type { Message } from "@sotto/protocol/types.ts";
import { Refusal, refuse } from "../errors.ts";
import { counts } from "../telemetry/counts.ts";
import { holdMedia, writeSingle, type Written } from "./commit-single.ts";
import { decide, readFacts } from "./facts.ts";
import { fingerprint } from "./fingerprint.ts";
import { noParts, toMessage } from "./message-view.ts";
import { toRefusal } from "./refusals.ts";
import { answerReplay, findEarlier } from "./replay.ts";
import { readForwarded, readSaid, saysTextOnly } from "./said.ts";
import { announce, type Send, type SendDeps } from "./sending.ts";
import { tellMembers } from "./tell.ts";

/**
 * The sends that change more than the log, one at a time: photos, answers that accept, renewed requests.
 * The conversation is locked first, so the facts stand until the commit (T8).
 */
export async function sendSingle(deps: SendDeps, send: Send): Promise<Message | Refusal> {
  return await deps.inbox.touchIfLost([send.conversationId], async () => await writeAndAnnounce(deps, send));
}

async function writeAndAnnounce(deps: SendDeps, send: Send): Promise<Message | Refusal> {
  const outcome = await deps.sql.begin(async (tx) => {
    await tx`select 1 from conversations where id = ${send.conversationId} for no key update`;
    const [facts] = await readFacts(tx, [send]);
    if (!facts) return refuse("not_found");
    const earlier = (await findEarlier(tx, [send])).get(0);
    if (earlier) return { earlier };
    const forwarded = await readForwarded(tx, send);
    if (forwarded instanceof Refusal) return forwarded;
    const textOnly = saysTextOnly(send, forwarded);
    const decision = decide(facts, { textOnly, rules: deps.rules, nowMs: deps.nowMs() });
    if (!decision.allowed) return toRefusal(decision);
    if (!(await holdMedia(tx, send))) return noSuchPhoto();
    const { memberIds } = facts;
    const said = await readSaid(tx, deps, send, { forwarded, memberIds, request: decision.as === "request" });
    if (said instanceof Refusal) return said;
    return await writeSingle(tx, {
      send,
      said,
      to: facts,
      print: fingerprint(deps.secret, send),
      as: decision.as,
      now: new Date(deps.nowMs()),
    });
  });
  if (outcome instanceof Refusal) return outcome;
  if ("earlier" in outcome) return await answerReplay(deps, send, outcome.earlier);
  return await announceSingle(deps, send, outcome);
}

/** After the commit: the photos as they are shown, and the news to everybody. */
export async function announceSingle(deps: SendDeps, send: Send, written: Written): Promise<Message> {
  counts.messagesCommitted += 1;
  const { row } = written;
  if (row.extras !== null || row.reply_to_seq !== null || row.expires_at !== null)
    return await announceOwn(deps, send, written);
  const views = await deps.media(send.mediaIds);
  const media = send.mediaIds.flatMap((mediaId) => views.get(mediaId) ?? []);
  const { clientId: _, ...message } = toMessage(row, send.senderId, { ...noParts, media });
  return announce(deps, { send, memberIds: written.memberIds, message, stale: written.stale });
}

/** What each sees in its own way: with a quote, a card, something that opens once. */
async function announceOwn(deps: SendDeps, send: Send, { row, stale }: Written): Promise<Message> {
  const { senderId, connectionId } = send;
  deps.inbox.touch(row.conversation_id, { stale });
  const told = await tellMembers(deps, [row], { event: "message", viewerId: senderId, connectionId });
  return told.get(row.id) ?? toMessage(row, senderId);
}

export function noSuchPhoto(): Refusal {
  return refuse("not_found", { detail: "There is no such photo of yours, or it is not ready.", pointer: "/mediaIds" });
}
