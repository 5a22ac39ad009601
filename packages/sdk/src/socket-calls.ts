import type { Problem } from "@sotto/protocol/errors.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import { SottoError } from "./error.ts";

const answerTimeoutMs = 20_000;

/** The socket went away before the answer: the command may have been done or not. */
export class SocketLost extends Error {}

/** The commands under way on one open socket. */
export class SocketCalls {
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private readonly send: (frame: string) => void;
  private readonly onSilence: () => void;

  constructor(options: { send: (frame: string) => void; onSilence: () => void }) {
    this.send = options.send;
    this.onSilence = options.onSilence;
  }

  get busy(): boolean {
    return this.waiting.size > 0;
  }

  call(command: CommandName, input: object): Promise<unknown> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(this.onSilence, answerTimeoutMs);
      this.waiting.set(id, { resolve, reject, timer });
      this.send(JSON.stringify({ id, command, input }));
    });
  }

  /** An answer frame. One that nobody waits for is ignored. */
  settle(frame: { id: number; ok?: unknown; error?: Problem }): void {
    const waiting = this.take(frame.id);
    if (!waiting) return;
    if (frame.error) waiting.reject(new SottoError(frame.error));
    else waiting.resolve(frame.ok);
  }

  loseAll(): void {
    for (const id of [...this.waiting.keys()]) this.take(id)?.reject(new SocketLost());
  }

  private take(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}
