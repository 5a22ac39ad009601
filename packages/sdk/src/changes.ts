import type { Problem } from "@sotto/protocol/errors.ts";
import { newClientId } from "./client-id.ts";
import { deferred, type Deferred } from "./deferred.ts";
import { SottoError, toSottoError } from "./error.ts";
import { afterFault } from "./outbox-fault.ts";
import type { Change, Storage, StoredChange } from "./store/storage.ts";
import { waits } from "./waits.ts";
import { nextWrittenMs } from "./written-at.ts";

export interface ChangesOptions {
  storage: Storage;
  ownerId: string;
  senderId: () => string;
  /** Tells the server; resolves when what it answered is applied to what is held. */
  tell: (change: StoredChange) => Promise<void>;
  /** False: later; `wake` asks again. */
  mayTell: (change: StoredChange) => boolean;
  /** Keeps it as refused, until it is dismissed. */
  onRefused: (change: StoredChange, problem: Problem) => void;
  toLocalMs: (serverTime: string) => number;
  onChange: (change: Change["what"]) => void;
}

interface Entry {
  readonly stored: StoredChange;
  readonly lane: string;
  readonly settled: Deferred<void>;
  attempt: number;
  isTold: boolean;
  isRefused: boolean;
  notBeforeMs: number;
}

/**
 * Small changes on their way (C17): kept on the device before their first attempt, told in the order in which they were made, again
 * after every passing fault, and gone when the server has answered. Each has the same effect told once or twice. One lane for a
 * conversation's messages, one for its draft, one for its read marker: of the last two only one counts, the newest draft and the
 * furthest marker, and replaces what still waits. What the server refuses is named, and told
 * no more; whoever shows `pending` on top of the server's words takes it back so.
 */
export class Changes {
  private readonly options: ChangesOptions;
  private entries: Entry[] = [];
  private readonly running = new Set<string>();
  private readonly sleepers = new Set<() => void>();
  private enabled = false;

  constructor(options: ChangesOptions) {
    this.options = options;
  }

  /** Oldest first. */
  pending(conversationId: string): Change[] {
    const own = this.entries.filter((entry) => entry.stored.conversationId === conversationId);
    return own.map((entry) => entry.stored.change);
  }

  /**
   * A message of mine arrived: the server drops what was being written before it. What was written here after it was sent off, and
   * waited for it, counts from then on.
   */
  messageArrived(conversationId: string, message: { createdAt: string; writtenAtMs: number }): void {
    const isDraft = ({ stored }: Entry) => stored.conversationId === conversationId && stored.change.what === "draft";
    const stored = this.entries.findLast(isDraft)?.stored;
    if (stored?.change.what !== "draft" || stored.change.text === "" || stored.createdAtMs < message.writtenAtMs)
      return;
    const arrivedMs = Date.parse(message.createdAt);
    if (Date.parse(stored.change.writtenAt) > arrivedMs) return;
    stored.change = { ...stored.change, writtenAt: new Date(arrivedMs + 1).toISOString() };
    void this.options.storage.changes.put(stored.id, stored);
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** Resolves when the server has it, rejects with its refusal. */
  add(conversationId: string, change: Change): Promise<void> {
    const { ownerId, senderId } = this.options;
    const stored = {
      id: newClientId(),
      senderId: senderId(),
      ownerId,
      conversationId,
      createdAtMs: nextWrittenMs(),
      change,
    };
    const entry = createEntry(stored);
    if (change.what === "draft") entry.notBeforeMs = Date.now() + waits.draftPauseMs;
    this.replaceWaiting(entry);
    this.entries = [...this.entries, entry];
    this.options.onChange(change.what);
    void this.keep(entry).then(() => this.runAll());
    return entry.settled.promise;
  }

  /** What an earlier run left. */
  async restore(stored: readonly StoredChange[]): Promise<void> {
    const known = new Set(this.entries.map((entry) => entry.stored.id));
    const { ownerId, onRefused } = this.options;
    for (const one of stored) if (one.problem) onRefused({ ...one, ownerId }, one.problem);
    const left = stored.filter((one) => !one.problem && !known.has(one.id));
    const restored = left.map((one) => createEntry({ ...one, ownerId }));
    // Nobody waits for these any more: a refusal is in `onRefused`.
    for (const entry of restored) entry.settled.promise.catch(() => undefined);
    this.entries = [...restored, ...this.entries].sort((a, b) => a.stored.createdAtMs - b.stored.createdAtMs);
    this.dropReplaced();
    for (const what of new Set(restored.map((entry) => entry.stored.change.what))) this.options.onChange(what);
    await Promise.all(restored.filter((entry) => this.entries.includes(entry)).map((entry) => this.keep(entry)));
    this.runAll();
  }

  enable(): void {
    this.enabled = true;
    const senderId = this.options.senderId();
    for (const { stored } of this.entries.filter((one) => one.stored.senderId === "")) {
      stored.senderId = senderId;
      void this.options.storage.changes.put(stored.id, stored);
    }
    this.runAll();
    this.wake();
  }

  disable(): void {
    this.enabled = false;
    this.wake();
  }

  clear(): void {
    this.disable();
    this.entries = [];
    this.options.onChange("update");
  }

  /** Something that `mayTell` looks at changed, or the wait may be over. */
  wake(): void {
    for (const done of [...this.sleepers]) done();
  }

  private async keep(entry: Entry): Promise<void> {
    const { changes } = this.options.storage;
    await changes.put(entry.stored.id, entry.stored);
    // It went meanwhile; one that was refused stays, with its reason.
    if (!this.entries.includes(entry) && !entry.isRefused) void changes.remove(entry.stored.id);
  }

  private runAll(): void {
    if (this.enabled) for (const { lane } of this.entries) void this.run(lane);
  }

  private async run(lane: string): Promise<void> {
    if (this.running.has(lane)) return;
    this.running.add(lane);
    try {
      for (let head = this.head(lane); head && this.enabled; head = this.head(lane)) await this.deliver(head);
    } finally {
      this.running.delete(lane);
    }
  }

  private head(lane: string): Entry | undefined {
    return this.entries.find((entry) => entry.lane === lane);
  }

  private async deliver(entry: Entry): Promise<void> {
    const waitMs = entry.notBeforeMs - Date.now();
    if (waitMs > 0 || !this.options.mayTell(entry.stored)) return this.sleep(Math.max(waitMs, waits.draftPauseMs));
    entry.isTold = true;
    try {
      await this.options.tell(entry.stored);
      this.settle(entry);
      if (entry.stored.change.what === "read") await this.sleep(waits.readEveryMs);
    } catch (error) {
      entry.isTold = false;
      if (this.enabled && this.entries.includes(entry)) await this.settleFault(entry, error);
    }
  }

  private async settleFault(entry: Entry, error: unknown): Promise<void> {
    const { problem } = toSottoError(error);
    const at = { attempt: entry.attempt++, nowMs: Date.now(), toLocalMs: this.options.toLocalMs };
    const next = afterFault(problem, at);
    if (next.is === "wait") return this.sleep(next.delayMs);
    if (next.is === "signed_out") return void (this.enabled = false);
    this.settle(entry, problem);
  }

  private settle(entry: Entry, problem?: Problem): void {
    if (!this.entries.includes(entry)) return;
    this.entries = this.entries.filter((one) => one !== entry);
    entry.isRefused = problem !== undefined;
    if (problem) this.options.onRefused(entry.stored, problem);
    else void this.options.storage.changes.remove(entry.stored.id);
    this.options.onChange(entry.stored.change.what);
    if (problem) entry.settled.reject(new SottoError(problem));
    else entry.settled.resolve();
  }

  /** What is under way is told again by the newer one; what waits is not told at all. */
  private replaceWaiting(entry: Entry): void {
    if (!replaces(entry)) return;
    for (const older of this.entries.filter((one) => one.lane === entry.lane && !one.isTold)) {
      this.entries = this.entries.filter((one) => one !== older);
      void this.options.storage.changes.remove(older.stored.id);
      if (isFurther(older, entry)) entry.stored.change = older.stored.change;
      entry.settled.promise.then(older.settled.resolve, older.settled.reject);
    }
  }

  private dropReplaced(): void {
    for (const entry of this.entries.filter((one, index) => isReplaced(one, index, this.entries))) {
      this.entries = this.entries.filter((one) => one !== entry);
      void this.options.storage.changes.remove(entry.stored.id);
      entry.settled.resolve();
    }
  }

  private sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.sleepers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, delayMs);
      this.sleepers.add(done);
    });
  }
}

function createEntry(stored: StoredChange): Entry {
  const { conversationId, change } = stored;
  const own = change.what === "read" || change.what === "draft" ? change.what : "";
  const settled = deferred<void>();
  // Who asked may look away.
  settled.promise.catch(() => undefined);
  return {
    stored,
    lane: `${conversationId} ${own}`,
    settled,
    attempt: 0,
    isTold: false,
    isRefused: false,
    notBeforeMs: 0,
  };
}

function replaces({ stored }: Entry): boolean {
  return stored.change.what === "read" || stored.change.what === "draft";
}

/** Of drafts the later one counts, of markers the further one: a marker never goes back (R16). */
function isReplaced(entry: Entry, index: number, all: readonly Entry[]): boolean {
  if (!replaces(entry) || entry.isTold) return false;
  const isMarker = entry.stored.change.what === "read";
  return all.some((one, at) => {
    if (one === entry || one.lane !== entry.lane || (isMarker && isFurther(entry, one))) return false;
    return at > index || (isMarker && isFurther(one, entry));
  });
}

function isFurther({ stored: { change } }: Entry, { stored: { change: than } }: Entry): boolean {
  return change.what === "read" && than.what === "read" && change.seq > than.seq;
}
