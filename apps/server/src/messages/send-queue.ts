import type { Message } from "@sotto/protocol/types.ts";
import { refusalFor, refuse, type Refusal } from "../errors.ts";
import type { Send } from "./send.ts";

/**
 * Group commit: what arrives while one batch commits forms the next.
 *
 * Modes: idle (nothing waits), running (one batch is on its way; arrivals wait). A send enters by `push`, leaves with its
 * batch's answer. Two sends with one client id (whoever chose it) never share a batch: the
 * second waits, and meets the first's row if it is the same send (R13).
 * When a batch fails on bad data it is halved until the bad send stands alone, so that one fails and not its neighbours.
 */
export interface SendQueue {
  push(send: Send): Promise<Message | Refusal>;
  /** Resolves when everything that was pushed has its answer. */
  drained(): Promise<void>;
}

export interface SendQueueOptions {
  run: (sends: readonly Send[]) => Promise<(Message | Refusal)[]>;
  /** Whether an error of `run` is about one send's data (and not about the database). */
  isDataError: (error: unknown) => boolean;
  onError: (error: unknown) => void;
  batchMost?: number;
  waitingMost?: number;
}

export function sendQueue(options: SendQueueOptions): SendQueue {
  const { batchMost = 1024, waitingMost = 20_000 } = options;
  const waiting: Waiting[] = [];
  let running: Promise<void> | null = null;

  const runAll = async () => {
    while (waiting.length > 0) {
      const batch = takeBatch();
      const answers = await runHalving(options, batch.map(({ send }) => send));
      batch.forEach(({ resolve }, index) => resolve(answers[index] ?? refuse("unavailable")));
    }
    running = null;
  };

  const takeBatch = (): Waiting[] => {
    const candidates = waiting.splice(0, batchMost);
    const seen = new Set<string>();
    const batch = candidates.filter(({ send }) => !seen.has(send.clientId) && seen.add(send.clientId));
    if (batch.length < candidates.length) waiting.unshift(...candidates.filter((one) => !batch.includes(one)));
    return batch;
  };

  return {
    push(send) {
      if (waiting.length >= waitingMost) return Promise.resolve(refuse("unavailable", { detail: "Too many messages wait; try again in a moment." }));
      return new Promise((resolve) => {
        waiting.push({ send, resolve });
        // The batch starts after this turn of the event loop, so that frames that came together go together.
        running ??= new Promise<void>((next) => setImmediate(next)).then(runAll);
      });
    },
    async drained() {
      while (running) await running;
    },
  };
}

async function runHalving(options: SendQueueOptions, sends: readonly Send[]): Promise<(Message | Refusal)[]> {
  try {
    return await options.run(sends);
  } catch (error) {
    if (!options.isDataError(error) || sends.length === 1) {
      options.onError(error);
      return sends.map(() => refusalFor(error));
    }
    const half = Math.ceil(sends.length / 2);
    return [
      ...(await runHalving(options, sends.slice(0, half))),
      ...(await runHalving(options, sends.slice(half))),
    ];
  }
}

interface Waiting {
  send: Send;
  resolve: (answer: Message | Refusal) => void;
}
