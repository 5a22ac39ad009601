import type { RequestRules } from "@sotto/domain/may-message.ts";
import type { Message } from "@sotto/protocol/types.ts";
import { sqlState, type Sql } from "../db/sql.ts";
import { rememberEncoding } from "../encoded.ts";
import { refuse, type Refusal } from "../errors.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import type { Publish } from "../fanout/publish.ts";
import type { Limit } from "../limits.ts";
import type { MediaReader } from "./history.ts";
import { decide, readFacts, type SendFacts } from "./facts.ts";
import { fingerprint } from "./fingerprint.ts";
import { toRefusal } from "./refusals.ts";
import { resolveReplay } from "./replay.ts";
import { commitBatch, type NewMessage, type Placed } from "./store.ts";
import { sendSingle } from "./send-single.ts";

/** One send on its way through the pipeline. */
export interface Send {
  conversationId: string;
  senderId: string;
  clientId: string;
  text: string;
  mediaIds: readonly string[];
  connectionId?: string | undefined;
}

export interface SendDeps {
  sql: Sql;
  secret: string;
  rules: RequestRules;
  limit: Limit;
  media: MediaReader;
  publish: Publish;
  inbox: InboxFlush;
  nowMs: () => number;
}

/** Undecided sends go round again with fresh facts, as often as this. */
const attemptsMost = 5;

/**
 * A batch of sends: facts → decide → commit → publish. Answers in the batch's order, after the commit (R26).
 * What arrives while one batch commits forms the next: see `send-queue.ts`.
 */
export async function sendBatch(deps: SendDeps, sends: readonly Send[]): Promise<(Message | Refusal)[]> {
  const results: (Message | Refusal | undefined)[] = sends.map(() => undefined);
  for (let attempt = 0; attempt < attemptsMost; attempt += 1) {
    const open = sends.flatMap((send, index) => (results[index] === undefined ? [{ send, index }] : []));
    if (open.length === 0) break;
    const facts = await readFacts(deps.sql, open.map(({ send }) => send));
    const decided = await Promise.all(open.map(({ send }, place) => decideOne(deps, send, facts[place] ?? null, attempt)));
    const ready: { commit: Commit; index: number }[] = [];
    decided.forEach((outcome, place) => {
      const index = open[place]?.index ?? 0;
      if ("commit" in outcome) ready.push({ commit: outcome.commit, index });
      else results[index] = outcome.answer;
    });
    const messages = await commitAndPublish(deps, ready.map(({ commit }) => commit));
    ready.forEach(({ index }, place) => (results[index] = messages[place]));
  }
  return results.map((result) => result ?? refuse("unavailable"));
}

interface Commit {
  send: Send;
  facts: SendFacts;
  row: NewMessage;
}

/** Replays come before every limit and block (R13); then the limit, then the policy. */
async function decideOne(
  deps: SendDeps,
  send: Send,
  facts: SendFacts | null,
  attempt: number,
): Promise<{ answer: Message | Refusal } | { commit: Commit }> {
  if (!facts) return { answer: refuse("not_found") };
  const print = fingerprint(deps.secret, send);
  if (facts.earlier) return { answer: await resolveReplay(deps, send, facts, print) };
  const limited = attempt === 0 ? await deps.limit("send", send.senderId) : null;
  if (limited) return { answer: limited };
  const textOnly = send.mediaIds.length === 0;
  const decision = decide(facts, { textOnly, rules: deps.rules, nowMs: deps.nowMs() });
  if (!decision.allowed) return { answer: toRefusal(decision) };
  if (decision.as !== "message" || !textOnly) return { answer: await sendSingle(deps, send, print) };
  return { commit: { send, facts, row: toRow(send, facts, print) } };
}

function toRow(send: Send, facts: SendFacts, print: string): NewMessage {
  return {
    conversationId: facts.conversationId,
    policyRev: facts.policyRev,
    id: Bun.randomUUIDv7(),
    senderId: send.senderId,
    clientId: send.clientId,
    fingerprint: print,
    text: send.text,
  };
}

/** In order; undefined where the policy moved on meanwhile and the send has to be decided again. */
async function commitAndPublish(deps: SendDeps, commits: readonly Commit[]): Promise<(Message | undefined)[]> {
  if (commits.length === 0) return [];
  const createdAt = new Date(deps.nowMs());
  const placed = await commitUnlessDuplicate(deps.sql, commits.map(({ row }) => row), createdAt);
  return commits.map(({ send, facts, row }) => {
    const place = placed.get(row.id);
    if (!place) return undefined;
    const { id, conversationId, text } = row;
    const { seq, change } = place;
    const message = { id, conversationId, seq, change, senderId: send.senderId, text, media: [], createdAt: createdAt.toISOString(), unsentAt: null };
    return announce(deps, { send, memberIds: facts.memberIds, message, stale: false });
  });
}

/** A client id that another process just used (23505) rolls the batch back: decided again, it is a replay. */
async function commitUnlessDuplicate(sql: Sql, rows: readonly NewMessage[], createdAt: Date): Promise<Map<string, Placed>> {
  try {
    return await commitBatch(sql, rows, createdAt);
  } catch (error) {
    if (sqlState(error) === "23505") return new Map();
    throw error;
  }
}

/** A committed message as its receivers see it, and whom it concerns. */
export interface Announcement {
  send: Send;
  memberIds: readonly string[];
  message: Message;
  /** Something besides messages changed: clients get the conversation again. */
  stale: boolean;
}

/** Tells everybody; answers the message as its sender sees it. Encoded once, whoever receives it. */
export function announce(deps: Pick<SendDeps, "publish" | "inbox">, { send, memberIds, message, stale }: Announcement): Message {
  const json = JSON.stringify(message);
  const ownJson = `${json.slice(0, -1)},"clientId":"${send.clientId}"}`;
  const payload = `{"event":"message","message":${json}}`;
  for (const id of memberIds) if (id !== send.senderId) deps.publish.encoded(id, payload);
  deps.publish.encoded(send.senderId, `{"event":"message","message":${ownJson}}`, send.connectionId);
  deps.inbox.touch(message.conversationId, { stale });
  return rememberEncoding({ ...message, clientId: send.clientId }, ownJson);
}
