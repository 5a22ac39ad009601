import type { Message } from "@sotto/protocol/types.ts";
import { isNumberTaken, sqlState, type Sql } from "../db/sql.ts";
import { Refusal, refusalFor, refuse } from "../errors.ts";
import { decide, readFacts, type SendFacts } from "./facts.ts";
import { fingerprint } from "./fingerprint.ts";
import { countCommit } from "../telemetry/counts.ts";
import { traced } from "../telemetry/traces.ts";
import { toRefusal } from "./refusals.ts";
import { answerReplay, findEarlier } from "./replay.ts";
import { sendSingle } from "./send-single.ts";
import { announce, isPlain, isTextOnly, laneOf, type Send, type SendDeps } from "./sending.ts";
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
  const all = sends.map((send): Going => ({ send, answer: undefined }));
  for (let attempt = 0; attempt < attemptsMost; attempt += 1) {
    if (attempt > 0) await answerReplays(deps, all.filter(isOpen));
    const open = all.filter(isOpen);
    if (open.length === 0) break;
    const facts = await traced("facts", countOf(open), async () => await readFacts(deps.batchSql, open.map(sendOf)));
    const limited = await charge(
      deps,
      open.filter((_, index) => facts[index]),
    );
    const commits = open.flatMap((one, index) => decideOne(deps, one, facts[index], limited) ?? []);
    if (attempt === 0) await answerReplays(deps, open.filter(isRefused));
    await commitAndPublish(deps, commits);
  }
  goAlone(deps, all.filter(isAlone));
  return all.map(({ answer }) => (answer === "alone" ? undefined : answer) ?? refuse("unavailable"));
}

/** A send of the batch, until it has its answer. */
interface Going {
  send: Send;
  /** "alone": it goes by itself once the batch is committed. */
  answer: SendAnswer | "alone" | undefined;
}

interface Commit {
  going: Going;
  facts: SendFacts;
  row: NewMessage;
}

const isOpen = ({ answer }: Going) => answer === undefined;
const isAlone = ({ answer }: Going) => answer === "alone";
const isRefused = ({ answer }: Going) => answer instanceof Refusal;
const sendOf = ({ send }: Going) => send;

/** Replays come before every limit and block (R13): their first result takes the place of whatever was to be answered. */
async function answerReplays(deps: SendDeps, asked: readonly Going[]): Promise<void> {
  for (const [place, found] of await findEarlier(deps.batchSql, asked.map(sendOf))) {
    const one = asked[place];
    if (one) one.answer = await answerReplay(deps, one.send, found);
  }
}

/** Counts each send once, however often it goes round. Answers the ones that were too many. */
async function charge(deps: SendDeps, asked: readonly Going[]): Promise<Map<Going, Refusal>> {
  const fresh = asked.filter(({ send }) => !send.charged);
  for (const { send } of fresh) send.charged = true;
  const refusals = await deps.limit.many(
    "send",
    fresh.map(({ send }) => send.senderId),
  );
  const limited = new Map<Going, Refusal>();
  fresh.forEach((one, index) => {
    const refusal = refusals[index];
    if (refusal) limited.set(one, refusal);
  });
  return limited;
}

/** The limit, then the policy: what is to be committed, or nothing when the answer is there already. */
function decideOne(
  deps: SendDeps,
  going: Going,
  facts: SendFacts | null | undefined,
  limited: ReadonlyMap<Going, Refusal>,
): Commit | null {
  const { send } = going;
  if (!facts || limited.has(going)) {
    going.answer = limited.get(going) ?? refuse("not_found");
    return null;
  }
  const decision = decide(facts, { textOnly: isTextOnly(send), rules: deps.rules, nowMs: deps.nowMs() });
  const plain = isPlain(send) && facts.disappearAfterSeconds === null;
  if (decision.allowed && decision.as === "message" && plain) return { going, facts, row: toRow(deps, send, facts) };
  going.answer = decision.allowed ? "alone" : toRefusal(decision);
  return null;
}

/**
 * Beside the next batch, which does not wait for them; after what their people sent before them in this one, and those of one
 * person in one conversation after each other: nobody's own order changes. The promises in the answers never reject.
 */
function goAlone(deps: SendDeps, those: readonly Going[]): void {
  const lanes = new Map<string, Promise<unknown>>();
  for (const one of those) {
    const lane = laneOf(one.send);
    const before = lanes.get(lane);
    const answer = before ? before.then(async () => await alone(deps, one.send)) : alone(deps, one.send);
    lanes.set(lane, answer);
    one.answer = answer;
  }
}

function alone(deps: SendDeps, send: Send): Promise<Message | Refusal> {
  return sendSingle(deps, send).catch((error: unknown) => {
    deps.onError(error);
    return refusalFor(error);
  });
}

function toRow({ secret }: Pick<SendDeps, "secret">, send: Send, facts: SendFacts): NewMessage {
  return {
    conversationId: facts.conversationId,
    policyRev: facts.policyRev,
    senderId: send.senderId,
    clientId: send.clientId,
    fingerprint: fingerprint(secret, send),
    text: send.text,
  };
}

/** What met a newer policy stays without an answer, and is decided again. */
async function commitAndPublish(deps: SendDeps, commits: readonly Commit[]): Promise<void> {
  if (commits.length === 0) return;
  const rows = commits.map(({ row }) => row);
  const createdAt = new Date(deps.nowMs());
  const beganMs = performance.now();
  const placed = await deps.inbox.touchIfLost(
    rows.map((row) => row.conversationId),
    async () => await traced("commit", countOf(rows), async () => await commitWhatCan(deps.batchSql, rows, createdAt)),
  );
  countCommit(placed.filter((place) => typeof place === "object").length, beganMs);
  const at = createdAt.toISOString();
  await traced("publish", countOf(rows), async () => {
    commits.forEach(({ going, facts, row }, index) => {
      const place = placed[index];
      if (place === "locked") going.answer = "alone";
      else if (place) going.answer = publishOne(deps, { send: going.send, memberIds: facts.memberIds, row, place, at });
    });
  });
}

function countOf(batch: readonly unknown[]) {
  return () => ({ "sotto.messages": batch.length });
}

function publishOne(
  deps: SendDeps,
  one: { send: Send; memberIds: readonly string[]; row: NewMessage; place: Placed; at: string },
): Message {
  const { send, memberIds, place, at } = one;
  const { conversationId, senderId, text } = one.row;
  const { id, seq, change } = place;
  const message = { id, conversationId, seq, change, senderId, text, media: [], createdAt: at, unsentAt: null };
  try {
    return announce(deps, { send, memberIds, message, stale: false });
  } catch (error) {
    // It is committed, and so are its neighbours: they are told, and its members learn of it by their cursors.
    deps.onError(error);
    deps.inbox.touch(conversationId, { stale: true });
    return { ...message, clientId: send.clientId };
  }
}

/**
 * Two faults are nobody's: a client id that another process just used (23505) rolls the batch back, and decided again it is
 * a replay; a conversation that somebody holds (55P03, 40P01) leaves the batch, so that the others do not wait for it.
 */
async function commitWhatCan(
  sql: Sql,
  rows: readonly NewMessage[],
  createdAt: Date,
): Promise<(Placed | "locked" | undefined)[]> {
  try {
    return await commitBatch(sql, rows, { createdAt });
  } catch (error) {
    const state = sqlState(error);
    // Not a client id's: the conversation's last number is behind its log (T30). The queue finds whose it is.
    if (isNumberTaken(error)) throw error;
    if (state === "23505") return [];
    if (state !== "55P03" && state !== "40P01") throw error;
    return await commitBatch(sql, rows, { createdAt, skipLocked: true });
  }
}
