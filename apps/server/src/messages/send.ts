import type { Message } from "@sotto/protocol/types.ts";
import { sqlState, type Sql } from "../db/sql.ts";
import { Refusal, refusalFor, refuse } from "../errors.ts";
import { decide, readFacts, type SendFacts } from "./facts.ts";
import { fingerprint } from "./fingerprint.ts";
import { toRefusal } from "./refusals.ts";
import { answerReplay, findEarlier } from "./replay.ts";
import { sendSingle } from "./send-single.ts";
import { announce, type Send, type SendDeps } from "./sending.ts";
import { commitBatch, type NewMessage, type Placed } from "./store.ts";

/** What became of a send: its answer, or the promise of one that goes by itself beside the batch. */
export type SendAnswer = Message | Refusal | Promise<Message | Refusal>;

/** Undecided sends go round again with fresh facts, as often as this. */
const attemptsMost = 5;

/**
 * A batch of sends: facts → decide → commit → publish. Answers in the batch's order, after the commit (R26).
 * What arrives while one batch commits forms the next: see `send-queue.ts`.
 *
 * Whether a client id was used before (R13) is looked up only where it matters: for what would be refused, and for
 * everything after a commit met a duplicate. Asking for every send cost 3.7 µs of each.
 */
export async function sendBatch(deps: SendDeps, sends: readonly Send[]): Promise<SendAnswer[]> {
  const answers: (SendAnswer | undefined)[] = sends.map(() => undefined);
  for (let attempt = 0; attempt < attemptsMost; attempt += 1) {
    if (attempt > 0) await answerReplays(deps, sends, answers, (_, answer) => answer === undefined);
    const open = sends.flatMap((send, index) => (answers[index] === undefined ? [{ send, index }] : []));
    if (open.length === 0) break;
    const facts = await readFacts(
      deps.sql,
      open.map(({ send }) => send),
    );
    const decided = await Promise.all(open.map(({ send }, place) => decideOne(deps, send, facts[place] ?? null)));
    const commits: { commit: Commit; index: number }[] = [];
    decided.forEach((outcome, place) => {
      const index = open[place]?.index ?? 0;
      if ("commit" in outcome) commits.push({ commit: outcome.commit, index });
      else answers[index] = outcome.answer;
    });
    if (attempt === 0) await answerReplays(deps, sends, answers, (_, answer) => answer instanceof Refusal);
    const committed = await commitAndPublish(
      deps,
      commits.map(({ commit }) => commit),
    );
    commits.forEach(({ index }, place) => {
      answers[index] = committed[place];
    });
  }
  return answers.map((answer) => answer ?? refuse("unavailable"));
}

/** Replays come before every limit and block (R13): their first result takes the place of whatever was to be answered. */
async function answerReplays(
  deps: SendDeps,
  sends: readonly Send[],
  answers: (SendAnswer | undefined)[],
  which: (send: Send, answer: SendAnswer | undefined) => boolean,
): Promise<void> {
  const asked = sends.flatMap((send, index) => (which(send, answers[index]) ? [{ send, index }] : []));
  const earlier = await findEarlier(
    deps.sql,
    asked.map(({ send }) => send),
  );
  for (const [place, found] of earlier) {
    const one = asked[place];
    if (one) answers[one.index] = await answerReplay(deps, one.send, found);
  }
}

interface Commit {
  send: Send;
  facts: SendFacts;
  row: NewMessage;
}

/** The limit, then the policy. */
async function decideOne(
  deps: SendDeps,
  send: Send,
  facts: SendFacts | null,
): Promise<{ answer: SendAnswer } | { commit: Commit }> {
  if (!facts) return { answer: refuse("not_found") };
  const limited = await charge(deps, send);
  if (limited) return { answer: limited };
  const textOnly = send.mediaIds.length === 0;
  const decision = decide(facts, { textOnly, rules: deps.rules, nowMs: deps.nowMs() });
  if (!decision.allowed) return { answer: toRefusal(decision) };
  if (decision.as !== "message" || !textOnly) return { answer: alone(deps, send) };
  return { commit: { send, facts, row: toRow(deps, send, facts) } };
}

/** Beside the batch, which does not wait for it. The promise in the answer never rejects. */
function alone(deps: SendDeps, send: Send): Promise<Message | Refusal> {
  return sendSingle(deps, send).catch((error: unknown) => {
    deps.onError(error);
    return refusalFor(error);
  });
}

export async function charge(
  deps: Pick<SendDeps, "limit">,
  send: Pick<Send, "senderId" | "charged">,
): Promise<Refusal | null> {
  if (send.charged) return null;
  send.charged = true;
  return await deps.limit("send", send.senderId);
}

function toRow({ secret }: Pick<SendDeps, "secret">, send: Send, facts: SendFacts): NewMessage {
  return {
    conversationId: facts.conversationId,
    policyRev: facts.policyRev,
    id: Bun.randomUUIDv7(),
    senderId: send.senderId,
    clientId: send.clientId,
    fingerprint: fingerprint(secret, send),
    text: send.text,
  };
}

/** In order; undefined where the policy moved on meanwhile and the send has to be decided again. */
async function commitAndPublish(deps: SendDeps, commits: readonly Commit[]): Promise<(SendAnswer | undefined)[]> {
  if (commits.length === 0) return [];
  const createdAt = new Date(deps.nowMs());
  const at = createdAt.toISOString();
  const rows = commits.map(({ row }) => row);
  const placed = await deps.inbox.touchIfLost(
    rows.map((row) => row.conversationId),
    async () => await commitWhatCan(deps.sql, rows, createdAt),
  );
  return commits.map(({ send, facts, row }) => {
    const place = placed.get(row.id);
    if (place === "locked") return alone(deps, send);
    if (!place) return undefined;
    const { id, conversationId, text } = row;
    const { seq, change } = place;
    const { senderId } = send;
    const message = { id, conversationId, seq, change, senderId, text, media: [], createdAt: at, unsentAt: null };
    return announce(deps, { send, memberIds: facts.memberIds, message, stale: false });
  });
}

/**
 * Two faults are nobody's: a client id that another process just used (23505) rolls the batch back, and decided again it is
 * a replay; a conversation that somebody holds (55P03, 40P01) leaves the batch, so that the others do not wait for it.
 */
async function commitWhatCan(
  sql: Sql,
  rows: readonly NewMessage[],
  createdAt: Date,
): Promise<Map<string, Placed | "locked">> {
  try {
    return await commitBatch(sql, rows, { createdAt });
  } catch (error) {
    const state = sqlState(error);
    if (state === "23505") return new Map();
    if (state !== "55P03" && state !== "40P01") throw error;
    return await commitBatch(sql, rows, { createdAt, skipLocked: true });
  }
}
