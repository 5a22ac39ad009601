import { limits } from "@sotto/protocol/limits.ts";
import type { Message } from "@sotto/protocol/types.ts";
import { refusalFor, refuse, type Refusal } from "../errors.ts";
import { watchGauge } from "../telemetry/gauges.ts";
import type { SendAnswer } from "./send.ts";
import { isPlain, laneOf, type Send } from "./sending.ts";

/**
 * Group commit: what arrives while one batch commits forms the next.
 *
 * Modes: idle (nothing can go), running (one batch is on its way; arrivals wait). A send enters by `push`, leaves with its
 * answer. A person's sends into one conversation keep their order: a client id that is in the batch already (R13), or a send
 * that goes by itself beside the batch, holds back what the same person sent there after it.
 * When a batch fails on bad data it is halved until the bad send stands alone, so that one fails and not its neighbours.
 */
export interface SendQueue {
  push(send: Send): Promise<Message | Refusal>;
  /** Resolves when everything that was pushed has its answer. */
  drained(): Promise<void>;
}

export interface SendQueueOptions {
  run: (sends: readonly Send[]) => Promise<SendAnswer[]>;
  /** Whether an error of `run` is about one send's data (and not about the database). */
  isDataError: (error: unknown) => boolean;
  onError: (error: unknown) => void;
}

export function sendQueue(options: SendQueueOptions): SendQueue {
  const queue = new Queue(options);
  watchGauge("sends_waiting", () => queue.waitingCount);
  return { push: (send) => queue.push(send), drained: async () => await queue.drained() };
}

/** Larger batches share more: facts of a pair, numbers of a conversation. With 1,024 a message cost 45 µs, with 2,048 43. */
const batchMost = 2048;

class Queue {
  private readonly options: SendQueueOptions;
  private readonly waiting = new WaitingRoom();
  /** Who sends what by itself at the moment, by person and conversation. */
  private readonly alone = new Map<string, Promise<unknown>>();
  private running: Promise<void> | null = null;

  constructor(options: SendQueueOptions) {
    this.options = options;
  }

  get waitingCount(): number {
    return this.waiting.size;
  }

  push(send: Send): Promise<Message | Refusal> {
    const full = this.waiting.refuses(send);
    if (full) return Promise.resolve(full);
    return new Promise((resolve) => {
      this.waiting.add({ send, resolve });
      if (!this.running) this.start();
    });
  }

  async drained(): Promise<void> {
    while (this.running ?? this.alone.size > 0) await (this.running ?? Promise.all(this.alone.values()));
  }

  /** The batch starts after this turn of the event loop, so that frames that came together go together. */
  private start(): void {
    this.running ??= new Promise<void>((next) => setImmediate(next)).then(async () => await this.runAll());
  }

  private async runAll(): Promise<void> {
    for (;;) {
      const batch = this.waiting.take(batchMost, this.alone);
      if (batch.length === 0) break;
      const answers = await runHalving(
        this.options,
        batch.map(({ send }) => send),
      );
      batch.forEach((entry, index) => this.settle(entry, answers[index] ?? refuse("unavailable")));
    }
    this.running = null;
  }

  private settle({ send, resolve }: Waiting, answer: SendAnswer): void {
    resolve(answer);
    if (!(answer instanceof Promise)) return;
    const lane = laneOf(send);
    const done = answer.finally(() => {
      if (this.alone.get(lane) === done) this.alone.delete(lane);
      this.start();
    });
    this.alone.set(lane, done);
  }
}

/** Sends that wait, bounded for everybody together and for each person (T29). */
class WaitingRoom {
  private entries: Waiting[] = [];
  private readonly perPerson = new Map<string, number>();
  private bytes = 0;

  get size(): number {
    return this.entries.length;
  }

  refuses({ senderId, text }: Send): Refusal | null {
    if ((this.perPerson.get(senderId) ?? 0) >= limits.waitingSendsPerPerson)
      return refuse("rate_limited", {
        detail: "Too many of your messages wait. Send the next when some are answered.",
        retryAt: new Date(Date.now() + 1000),
      });
    if (this.bytes + text.length * 2 <= limits.waitingSendBytes) return null;
    return refuse("unavailable", { detail: "Too many messages wait. Try again in a moment." });
  }

  add(entry: Waiting): void {
    this.entries.push(entry);
    this.count(entry, 1);
  }

  /** In the order of arrival, leaving out whatever has to wait for an earlier one of the same person and conversation. */
  take(most: number, alone: ReadonlyMap<string, unknown>): Waiting[] {
    const taken: Waiting[] = [];
    const kept: Waiting[] = [];
    const held = new Set(alone.keys());
    const used = new UsedIds();
    let seen = 0;
    for (; seen < this.entries.length && taken.length < most; seen += 1) {
      const entry = this.entries[seen];
      if (!entry) break;
      // A lane is named only where somebody may have to wait: the names of a batch cost 0.5 µs a send.
      if ((held.size > 0 && held.has(laneOf(entry.send))) || !used.add(entry.send)) {
        held.add(laneOf(entry.send));
        kept.push(entry);
        continue;
      }
      taken.push(entry);
      // It goes by itself beside the batch: what follows it would be stored before it.
      if (!isPlain(entry.send)) held.add(laneOf(entry.send));
    }
    this.entries = [...kept, ...this.entries.slice(seen)];
    for (const entry of taken) this.count(entry, -1);
    return taken;
  }

  private count({ send }: Waiting, by: 1 | -1): void {
    this.bytes += by * send.text.length * 2;
    const left = (this.perPerson.get(send.senderId) ?? 0) + by;
    if (left > 0) this.perPerson.set(send.senderId, left);
    else this.perPerson.delete(send.senderId);
  }
}

/** The client ids of a batch. Different people may use the same one, which is rare: only then are their lanes looked at. */
class UsedIds {
  private readonly first = new Map<string, Send>();
  private readonly further = new Set<string>();

  /** False when this person used this id in this conversation already. */
  add(send: Send): boolean {
    const first = this.first.get(send.clientId);
    if (!first) return Boolean(this.first.set(send.clientId, send));
    const name = `${laneOf(send)}:${send.clientId}`;
    if (laneOf(first) === laneOf(send) || this.further.has(name)) return false;
    return Boolean(this.further.add(name));
  }
}

async function runHalving(options: SendQueueOptions, sends: readonly Send[]): Promise<SendAnswer[]> {
  try {
    return await options.run(sends);
  } catch (error) {
    if (!options.isDataError(error) || sends.length === 1) {
      options.onError(error);
      return sends.map(() => refusalFor(error));
    }
    const half = Math.ceil(sends.length / 2);
    return [...(await runHalving(options, sends.slice(0, half))), ...(await runHalving(options, sends.slice(half)))];
  }
}

interface Waiting {
  send: Send;
  resolve: (answer: SendAnswer) => void;
}
