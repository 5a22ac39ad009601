import type { Event } from "@sotto/protocol/events.ts";
import { backOffMs } from "./back-off.ts";
import type { Call } from "./call.ts";
import type { Inbox } from "./inbox.ts";

const settleMs = 30;
const spreadMs = 500;

/**
 * Keeps the inbox equal to the server's (R15). The cursor says up to where everything is held; it moves by an answer to
 * `sync.pull`, or by an `inbox` event that starts at our cursor and lists nothing that we lack. Anything else pulls.
 */
export class Sync {
  cursor: string | null = null;
  private readonly call: Call;
  private readonly inbox: Inbox;
  /** How many questions were asked so far. */
  private readonly asked: () => number;
  private readonly onReload: () => void;
  private readonly onPulled: () => void;
  private readonly onMoved: () => void;
  private pulling: Promise<void> | undefined;
  private again = false;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  /** Grows when what is held is forgotten: an answer that was asked for before belongs to another person's session. */
  private generation = 0;

  constructor(options: {
    call: Call;
    inbox: Inbox;
    onReload: () => void;
    asked: () => number;
    onPulled: () => void;
    onMoved: () => void;
  }) {
    this.call = options.call;
    this.inbox = options.inbox;
    this.asked = options.asked;
    this.onReload = options.onReload;
    this.onPulled = options.onPulled;
    this.onMoved = options.onMoved;
  }

  start(): void {
    this.running = true;
    this.attempt = 0;
    void this.pull();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
  }

  /** What was held is gone, and answers under way are not for whoever comes next. */
  forget(): void {
    this.generation += 1;
    this.cursor = null;
  }

  event(event: Extract<Event, { event: "inbox" }>): void {
    if (this.cursor === event.cursor) return;
    const isNext = this.cursor === event.since;
    const missing = event.changes.filter((change) => !this.inbox.holds(change));
    if (isNext && missing.length === 0) this.move(event.cursor);
    else this.soon(settleMs);
  }

  /** The server lost hints, and says where everything stands. */
  standsAt(cursor: string): void {
    // Everybody hears it at once: they do not all ask at once.
    if (this.cursor !== cursor) this.soon(settleMs + Math.random() * spreadMs);
  }

  /** At once; while one runs, once more after it. */
  pull(): Promise<void> {
    this.again = this.pulling !== undefined;
    this.pulling ??= this.pullAll().finally(() => {
      this.pulling = undefined;
      if (this.again && this.running) void this.pull();
    });
    return this.pulling;
  }

  private async pullAll(): Promise<void> {
    try {
      let hasMore = true;
      while (hasMore) hasMore = await this.pullOnce();
      this.attempt = 0;
    } catch {
      // Whatever it was, what we hold is still whole up to the cursor. A session that is over stops `running`.
      this.soon(backOffMs(this.attempt++));
    }
  }

  private async pullOnce(): Promise<boolean> {
    const since = this.cursor;
    const { generation } = this;
    const answer = await this.call("sync.pull", since === null ? {} : { cursor: since });
    if (generation !== this.generation) return false;
    // What is asked from here on is read after this.
    const nextAsked = this.asked() + 1;
    if (answer.reload) {
      this.inbox.reload(answer.conversations, { isFirst: since === null, nextAsked });
      // A first sync forgets nothing: what is open was loaded from the same server a moment ago.
      if (since !== null) this.onReload();
    } else this.inbox.takePulled(answer.conversations, nextAsked);
    this.onPulled();
    if (!answer.hasMore && !this.inbox.hasRequests(answer.requests))
      await this.inbox.loadRequests(this.call, this.asked);
    if (generation !== this.generation) return false;
    this.move(answer.cursor);
    return answer.hasMore;
  }

  private move(cursor: string): void {
    this.cursor = cursor;
    this.onMoved();
  }

  private soon(delayMs: number): void {
    clearTimeout(this.timer);
    if (this.running) this.timer = setTimeout(() => void this.pull(), delayMs);
  }
}
