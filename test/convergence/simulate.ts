import { waits } from "@sotto/sdk/waits.ts";
import type { Sql } from "../../apps/server/src/db/sql.ts";
import { startTestServer } from "../../apps/server/src/test-server.ts";
import type { Act } from "./acts.ts";
import type { Bug } from "./device.ts";
import { goneBy } from "./model.ts";
import { runRound } from "./round.ts";
import { shrink } from "./shrink.ts";
import { drawSteps, inWords, seedOf } from "./steps.ts";
import { startTriple, type Triple } from "./triple.ts";

export interface SimulationOptions {
  seed: number;
  rounds: number;
  /** Triples at a time. */
  parallel?: number;
  bug?: Bug | undefined;
  /** Ends it now: what is under way does not count. */
  signal?: AbortSignal;
  say?: (words: string) => void;
  settleMs?: number;
}

export interface SimulationResult {
  seed: number;
  rounds: number;
  acts: number;
  seconds: number;
  /** Rounds at whose end somebody held something else than the model, or than a fresh client. */
  differences: number;
  failures: Failure[];
}

export interface Failure {
  round: number;
  seed: number;
  differences: string[];
  /** The steps without those that it happens without too, as far as was tried. */
  steps: string[];
  /** What was done by them when it happened first. */
  acts: Act[];
}

const parallelTriples = 6;
/** Then a new one: conversations grow, and have their limits. */
const roundsOfTriple = 120;
const failuresMost = 3;
const sayEvery = 250;
/** A whole new client at the end of every so many rounds; after the others the answers that it would have. */
const freshEvery = 10;

/** Two devices and a peer, many times over, against one real server with its database. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const startedMs = Date.now();
  const pace = { ...waits };
  Object.assign(waits, hasty);
  const free = { points: 1_000_000, perSeconds: 60 };
  const rates = {
    settings: free,
    change: free,
    draft: free,
    typing: free,
    search: free,
    profile: free,
    createGroup: free,
  };
  await using server = await startTestServer({ haste: { rates, inboxEveryMs: 5 } });
  const isWritten = async (ids: readonly string[]) => await followsTheLog(server.database.sql, ids);
  const run = { isWritten, next: 0, done: 0, acts: 0, failures: [] as Failure[], url: server.url, options };
  const parallel = Math.min(options.parallel ?? parallelTriples, options.rounds);
  const running = Promise.all(Array.from({ length: parallel }, async (_, index) => await runTriples(run, index)));
  await (options.signal ? Promise.race([running, untilAborted(options.signal)]) : running);
  // They lose their server in the middle of a round.
  if (options.signal?.aborted) void running.catch(() => undefined);
  Object.assign(waits, pace);
  const { failures, acts, done } = run;
  const seconds = Math.round((Date.now() - startedMs) / 100) / 10;
  return { seed: options.seed, rounds: done, acts, seconds, differences: failures.length, failures };
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** What people wait seconds for, devices here do in milliseconds. */
const hasty: typeof waits = {
  gapPatienceMs: 10,
  faultPatienceMs: 40,
  recountMs: 40,
  saveMs: 15,
  readEveryMs: 10,
  draftPauseMs: 8,
  uploadStallMs: 2_000,
  firstBackOffMs: 8,
  longestBackOffMs: 40,
};

async function followsTheLog(sql: Sql, conversationIds: readonly string[]): Promise<boolean> {
  const behind = await sql`
    select 1 from conversations c
    join members m on m.conversation_id = c.id and m.left_at is null
    join inbox i on i.person_id = m.person_id and i.conversation_id = c.id
    where c.id = any(${sql.array([...conversationIds], "UUID")}::uuid[])
      and (i.last_seq <> c.last_seq or i.change <> c.last_change) limit 1`;
  return behind.length === 0;
}

interface Run {
  isWritten: (conversationIds: readonly string[]) => Promise<boolean>;
  next: number;
  done: number;
  acts: number;
  failures: Failure[];
  url: string;
  options: SimulationOptions;
}

async function runTriples(run: Run, index: number): Promise<void> {
  for (let count = 0; !isOver(run); count++) {
    await using triple = await startTriple({ url: run.url, name: `t${index}_${count}`, bug: run.options.bug });
    await runRounds(run, triple);
  }
}

function isOver(run: Run): boolean {
  const { options } = run;
  return (
    run.next >= options.rounds ||
    options.signal?.aborted === true ||
    run.failures.length >= (options.bug ? 1 : failuresMost)
  );
}

async function runRounds(run: Run, triple: Triple): Promise<void> {
  const { options } = run;
  let before = await triple.asked();
  const gone = new Set<string>();
  for (let own = 0; own < roundsOfTriple && !isOver(run); own++) {
    const round = run.next++;
    const seed = seedOf(options.seed, round);
    const steps = drawSteps(seed, { devices: triple.devices.length, conversations: triple.conversationIds.length });
    const { settleMs } = options;
    const result = await runRound(triple, steps, {
      ...{ before, gone },
      name: `r${round}`,
      withFresh: round % freshEvery === 0,
      isWritten: run.isWritten,
      ...(settleMs !== undefined && { settleMs }),
    });
    run.done += 1;
    run.acts += result.done.length;
    before = result.after;
    for (const messageId of goneBy(result.done)) gone.add(messageId);
    if (run.done % sayEvery === 0) options.say?.(`${run.done} rounds, ${run.failures.length} with differences`);
    if (result.differences.length === 0) continue;
    // Looking for a planted bug: only what it does counts.
    const { bug } = options;
    if (bug && !result.differences.some((one) => bug.shows.test(one))) return;
    options.say?.(`round ${round} (seed ${seed}): ${result.differences.slice(0, 5).join("; ")}`);
    const fewest = options.bug
      ? steps
      : await shrink(steps, { url: run.url, isWritten: run.isWritten, name: `s${round}`, say: options.say });
    run.failures.push({
      round,
      seed,
      differences: result.differences.slice(0, 20),
      steps: fewest.map(inWords),
      acts: result.done,
    });
    // What differs once differs on.
    return;
  }
}
