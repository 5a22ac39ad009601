import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { Message } from "@sotto/protocol/types.ts";
import type { Facts, Leave } from "../facts.ts";
import { okOf, type Call } from "../history.ts";

/**
 * (8) Who left is told nothing more (R8): no event about what was begun after their leaving was acknowledged, and no answer to
 * what they ask from then on.
 */
export function formerMemberTold(facts: Facts): string[] {
  const leaves = new Map(facts.leaves.map((one) => [`${one.personId} ${one.conversationId}`, one]));
  return [...toldByEvents(facts, leaves), ...answered(facts, leaves), ...spokeAfterwards(facts, leaves)];
}

type Leaves = ReadonlyMap<string, Leave>;

function toldByEvents(facts: Facts, leaves: Leaves): string[] {
  const firstMs = begunAt(facts);
  const changes = changesBegunAt(facts);
  return facts.history.heard.flatMap(({ event, personId, device, openedMs, atMs }) => {
    if (event.event === "message" || event.event === "message.changed") {
      const { conversationId, id } = event.message;
      const leave = leaves.get(`${personId} ${conversationId}`);
      if (!leave) return [];
      const begunMs = event.event === "message" ? firstMs.get(id) : changeBegunMs(facts, changes, event.message);
      const isLate = openedMs > leave.ackedMs || (begunMs ?? 0) > leave.ackedMs;
      if (!isLate) return [];
      const after = (ms: number | undefined) => (ms === undefined ? "?" : (ms - leave.ackedMs).toFixed(1));
      const when = `told at ${after(atMs)} ms, begun at ${after(begunMs)} ms, its socket at ${after(openedMs)} ms`;
      return [`${device} was told about ${id} of ${conversationId} after leaving: ${event.event}, ${when}`];
    }
    if (event.event !== "inbox") return [];
    return event.changes.flatMap(({ conversationId, lastSeq }) => {
      const leave = leaves.get(`${personId} ${conversationId}`);
      const newest = leave && begunMsOf(facts, { conversationId, seq: lastSeq }, firstMs);
      return leave && (newest ?? 0) > leave.ackedMs
        ? [`${device} was told number ${lastSeq} of ${conversationId} after leaving`]
        : [];
    });
  });
}

/** The same client id again answers its first result, also to who left since (R13); a new one is refused. */
function spokeAfterwards({ sends }: Facts, leaves: Leaves): string[] {
  return [...sends.values()].flatMap(({ senderId, conversationId, clientId, firstMs, acks }) => {
    const leave = leaves.get(`${senderId} ${conversationId}`);
    return leave && firstMs > leave.ackedMs && acks.length > 0
      ? [`${clientId} was sent to ${conversationId} after leaving`]
      : [];
  });
}

/** By message id: when its sender began to send it. */
function begunAt({ sends, stored }: Facts): Map<string, number> {
  return new Map(
    [...stored.values()].flatMap((row) => {
      const send = sends.get(row.clientId);
      return send ? [[row.id, send.firstMs] as const] : [];
    }),
  );
}

const changing = new Set<Call["command"]>([
  "messages.edit",
  "messages.react",
  "messages.unreact",
  "messages.pin",
  "messages.unpin",
]);

/**
 * By message id and change number: when somebody began what was answered with it first. What changed nothing is answered with the change
 * before it, which may be of a call whose answer was lost, or of another message (a quote's source): whoever heard of it earlier tells.
 */
function changesBegunAt({ history }: Facts): Map<string, number> {
  const begun = new Map<string, number>();
  for (const { command, outcome, fromMs } of history.calls) {
    const message = changing.has(command) ? okOf<Message>(outcome) : undefined;
    if (!message) continue;
    const key = `${message.id} ${message.change}`;
    begun.set(key, Math.min(begun.get(key) ?? Infinity, fromMs));
  }
  for (const { event, atMs } of history.heard) {
    if (event.event !== "message.changed") continue;
    const key = `${event.message.id} ${event.message.change}`;
    const knownMs = begun.get(key);
    if (knownMs !== undefined && atMs < knownMs) begun.set(key, atMs);
  }
  return begun;
}

/** A change whose answer was lost, or that followed from another's, was begun by nobody who is known. */
function changeBegunMs(
  { unsends }: Facts,
  changes: ReadonlyMap<string, number>,
  { id, change, unsentAt }: Message,
): number | undefined {
  return unsentAt === null ? changes.get(`${id} ${change}`) : unsends.get(id)?.invokedMs;
}

function begunMsOf(
  { final }: Facts,
  place: { conversationId: string; seq: number },
  firstMs: ReadonlyMap<string, number>,
): number | undefined {
  const row = final.rows.messages.find((one) => one.conversationId === place.conversationId && one.seq === place.seq);
  return row && firstMs.get(row.id);
}

const ofOneConversation = new Set<Call["command"]>([
  "messages.list",
  "messages.changes",
  "messages.unsend",
  ...changing,
  "conversations.get",
  "conversations.markRead",
]);

function answered({ history }: Facts, leaves: Leaves): string[] {
  return history.calls.flatMap((call) => {
    const { personId, device, command, fromMs, outcome } = call;
    if (outcome.is !== "ok") return [];
    const isLate = (conversationId: string) =>
      fromMs > (leaves.get(`${personId} ${conversationId}`)?.ackedMs ?? Infinity);
    const conversationId = String(call.input["conversationId"]);
    if (ofOneConversation.has(command))
      return isLate(conversationId) ? [`${device} got an answer to ${command} in ${conversationId} after leaving`] : [];
    const listed = command === "sync.pull" ? (okOf<CommandOutput<"sync.pull">>(outcome)?.conversations ?? []) : [];
    return listed.flatMap((one) =>
      isLate(one.id) && (one.state !== "hidden" || one.lastMessage !== null)
        ? [`${device} was shown ${one.id} by ${command} after leaving`]
        : [],
    );
  });
}
