import { limits } from "@sotto/protocol/limits.ts";
import type { Message } from "@sotto/protocol/types.ts";
import type { Call } from "./call.ts";
import { actionOf, localError, toSottoError } from "./error.ts";
import { nextExpiryMs, withoutExpired } from "./expiry.ts";
import type { Inbox } from "./inbox.ts";
import { keptMessages, type LogShelf } from "./log-shelf.ts";
import {
  append,
  catchUp,
  hasGap,
  hide,
  join,
  partAround,
  prepend,
  receive,
  startLog,
  type MessageLog,
} from "./message-log.ts";
import { waits } from "./waits.ts";

const earlyMost = 200;
/** A page while one scrolls: it is applied and drawn in one frame, of 50 ms at most on a slow phone. */
const scrolledPage = 30;
const hiddenPagesMost = 50;
/** A timer holds no more. */
const longestTimerMs = 2_000_000_000;

export interface HistoryOptions {
  call: Call;
  inbox: Inbox;
  shelf: LogShelf;
  /** Undefined while the conversation has not begun. */
  conversationId: () => string | undefined;
  onChange: () => void;
  /** Now, by the server's clock as far as it is known: what disappears does so by that one. */
  serverNowMs: () => number;
}

/**
 * The messages of one conversation that this client holds: its live end, and while an older place is looked at the window around
 * it. Both get every change; where they meet they are one. What is held is kept up to date while it is held, looked at or not, so
 * that nothing of what was unsent stays here (R9).
 */
export class History {
  private readonly options: HistoryOptions;
  private live: MessageLog | undefined;
  private window: MessageLog | undefined;
  /** Events that came while the first page was on its way. */
  private early: Message[] = [];
  /** So many of what I deleted for me here are known (R10). */
  private hiddenCount = 0;
  /** Somebody looked, so this is kept up to date; before it, nothing is asked. */
  private expects = false;
  /** Counts: a window that was asked for before somebody left is not opened after it. */
  private visit = 0;
  private pulling: Promise<void> | undefined;
  private loadingOlder: Promise<void> | undefined;
  private loadingNewer: Promise<void> | undefined;
  private gapTimer: Timer | undefined;
  private saveTimer: Timer | undefined;
  private expiryTimer: Timer | undefined;

  constructor(options: HistoryOptions) {
    this.options = options;
  }

  /** What is looked at. */
  get shown(): MessageLog | undefined {
    return this.window ?? this.live;
  }

  get isLoaded(): boolean {
    return this.live !== undefined;
  }

  /** The newest messages held, whatever is looked at. */
  get newest(): readonly Message[] {
    return this.live?.messages ?? [];
  }

  find(messageId: string): Message | undefined {
    const isIt = (one: Message) => one.id === messageId;
    return this.shown?.messages.find(isIt) ?? this.live?.messages.find(isIt);
  }

  get isBehind(): boolean {
    const id = this.options.conversationId();
    const held = id === undefined ? undefined : this.options.inbox.get(id);
    if (id === undefined) return false;
    const { live, window } = this;
    if (!live || hasGap(live) || (window && hasGap(window))) return true;
    return this.change < (held?.change ?? 0) || this.hiddenCount < (held?.hiddenCount ?? 0);
  }

  /** A message of this conversation: from an event, or from the answer to a command. */
  receive(message: Message): void {
    if (!this.live) {
      if (this.expects) this.early = [...this.early, message].slice(-earlyMost);
      return;
    }
    this.set(receive(this.live, message), this.window && receive(this.window, message));
    if (this.isBehind) this.soonCatchUp();
  }

  /** The stored messages at once, where there are some. */
  async restore(): Promise<void> {
    this.expects = true;
    const id = this.options.conversationId();
    if (this.live || id === undefined) return;
    const stored = await this.options.shelf.load(id);
    if (!stored || this.live) return;
    this.hiddenCount = stored.hiddenCount ?? 0;
    this.set(startLog({ ...stored, items: stored.messages }, new Set(stored.hidden)), undefined);
  }

  /** Everything after what is held; one at a time. */
  pull(): Promise<void> {
    this.pulling ??= this.pullAll().finally(() => (this.pulling = undefined));
    return this.pulling;
  }

  /** Events follow each other at once mostly; then nothing has to be asked. */
  soonCatchUp(delayMs = waits.gapPatienceMs): void {
    clearTimeout(this.gapTimer);
    this.gapTimer = setTimeout(() => {
      if (!this.expects || !this.isBehind) return;
      this.pull().then(
        () => this.isBehind && this.soonCatchUp(waits.faultPatienceMs),
        (error: unknown) => {
          if (actionOf(toSottoError(error).code) === "retry") this.soonCatchUp(waits.faultPatienceMs);
        },
      );
    }, delayMs);
  }

  async loadOlder(): Promise<void> {
    this.loadingOlder ??= this.pullOlder().finally(() => (this.loadingOlder = undefined));
    await this.loadingOlder;
  }

  async loadNewer(): Promise<void> {
    this.loadingNewer ??= this.pullNewer().finally(() => (this.loadingNewer = undefined));
    await this.loadingNewer;
  }

  /** Resolves with its seq when it is among what is shown. */
  async jumpTo(where: { messageId: string } | { seq: number }): Promise<number> {
    const { visit } = this;
    const conversationId = this.options.conversationId();
    if (conversationId === undefined) throw localError("not_found");
    const seq = "seq" in where ? where.seq : await this.seqOf(conversationId, where.messageId);
    if (!this.live) await this.pull();
    if (this.live && isWithin(this.live, seq)) this.set(this.live, undefined);
    else if (!this.window || !isWithin(this.window, seq)) await this.openWindow(conversationId, seq, visit);
    return seq;
  }

  toLatest(): void {
    if (this.live) this.set(this.live, undefined);
  }

  /** Lets go of what is shown and further than so many messages from this one. */
  keepAround(seq: number, { before = Infinity, after = Infinity }: { before?: number; after?: number }): void {
    const { live, window, shown } = this;
    if (!live || !shown) return;
    const part = partAround(shown, seq, { before, after });
    if (part === shown) return;
    if (window || !part.hasNewer) return window ? this.set(live, part) : this.set(part, undefined);
    // The live end stays: it is what one comes back to.
    this.set(newestOf(live), part);
  }

  /** Whoever comes back wants what is new, and not where they once looked: thousands of messages of each conversation would stay. */
  leave(): void {
    this.visit += 1;
    if (this.live) this.set(newestOf(this.live), undefined);
  }

  /** Deleted for me: gone from here before the answer's change is no longer pending. */
  hide(messageIds: readonly string[]): void {
    const seqs = messageIds.flatMap((id) => this.find(id)?.seq ?? []);
    this.hideSeqs(seqs);
  }

  /** Nothing held is worth anything (R15), or mine to hold (R8). */
  forget(options: { stored?: boolean } = {}): void {
    for (const timer of [this.gapTimer, this.saveTimer, this.expiryTimer]) clearTimeout(timer);
    this.saveTimer = undefined;
    this.live = undefined;
    this.window = undefined;
    this.early = [];
    this.hiddenCount = 0;
    const id = this.options.conversationId();
    if (options.stored && id !== undefined) this.options.shelf.remove(id);
    this.options.onChange();
  }

  /** Nothing is asked until something new comes. */
  rest(): void {
    clearTimeout(this.gapTimer);
  }

  /** Nothing reaches it any more: written later, its copy would take the place of a newer one (R9). */
  letGo(): void {
    if (this.saveTimer !== undefined) this.save();
    this.expects = false;
    for (const timer of [this.gapTimer, this.expiryTimer]) clearTimeout(timer);
  }

  private get change(): number {
    return Math.min(this.live?.change ?? 0, this.window?.change ?? Infinity);
  }

  private async seqOf(conversationId: string, messageId: string): Promise<number> {
    const held = this.find(messageId) ?? (await this.options.call("messages.get", { conversationId, messageId }));
    return held.seq;
  }

  private async pullAll(): Promise<void> {
    const conversationId = this.options.conversationId();
    if (conversationId === undefined) return;
    if (!this.live) return this.pullNewest(conversationId);
    await this.pullHidden(conversationId);
    const after = this.change;
    const answer = await this.options.call("messages.changes", { conversationId, after, limit: limits.changesPerPull });
    // Away for so long that the newest page is the shorter way; what is older is loaded again when asked for.
    if (answer.hasMore) return this.pullAnew(conversationId);
    const pulled = { ...answer, after };
    if (this.live) this.set(catchUp(this.live, pulled), this.window && catchUp(this.window, pulled));
  }

  private async pullAnew(conversationId: string): Promise<void> {
    const { visit } = this;
    const { messages = [] } = this.window ?? {};
    const middle = messages[Math.floor(messages.length / 2)];
    await this.pullNewest(conversationId);
    if (middle) await this.openWindow(conversationId, middle.seq, visit);
  }

  private async pullNewest(conversationId: string): Promise<void> {
    // What was deleted for me before the question is not in the answer.
    const hiddenCount = this.options.inbox.get(conversationId)?.hiddenCount ?? 0;
    const page = await this.options.call("messages.list", { conversationId });
    const waiting = [...(this.live?.ahead ?? []), ...this.early];
    this.early = [];
    this.hiddenCount = Math.max(this.hiddenCount, hiddenCount);
    this.set(waiting.reduce(receive, startLog(page, this.live?.hidden)), undefined);
  }

  /** What was deleted for me on another device. */
  private async pullHidden(conversationId: string): Promise<void> {
    for (let page = 0; page < hiddenPagesMost; page++) {
      if (this.hiddenCount >= (this.options.inbox.get(conversationId)?.hiddenCount ?? 0)) return;
      const after = this.hiddenCount;
      const answer = await this.options.call("messages.listHidden", { conversationId, after });
      this.hiddenCount = answer.hasMore ? after + answer.seqs.length : answer.hiddenCount;
      this.hideSeqs(answer.seqs);
      if (!answer.hasMore) return;
    }
  }

  private hideSeqs(seqs: readonly number[]): void {
    if (this.live) this.set(hide(this.live, seqs), this.window && hide(this.window, seqs));
  }

  /** Once more, where the first one held has gone meanwhile: by its time, or hidden; or a reload or a jump has its own beginning. */
  private async pullOlder(again = true): Promise<void> {
    const conversationId = this.options.conversationId();
    const { shown, visit } = this;
    const before = shown?.messages[0]?.seq;
    if (conversationId === undefined || before === undefined || !shown?.hasOlder) return;
    const page = await this.options.call("messages.list", { conversationId, before, limit: scrolledPage });
    if (this.shown?.messages[0]?.seq === before) this.setShown(prepend(this.shown, page));
    else if (again && visit === this.visit) await this.pullOlder(false);
  }

  private async pullNewer(again = true): Promise<void> {
    const conversationId = this.options.conversationId();
    const { visit } = this;
    const after = this.window?.messages.at(-1)?.seq;
    if (conversationId === undefined || after === undefined) return;
    const page = await this.options.call("messages.list", { conversationId, after, limit: scrolledPage });
    if (this.window?.messages.at(-1)?.seq === after) this.setShown(append(this.window, page));
    else if (again && visit === this.visit) await this.pullNewer(false);
  }

  private async openWindow(conversationId: string, around: number, visit: number): Promise<void> {
    const page = await this.options.call("messages.list", { conversationId, around });
    if (this.live && visit === this.visit) this.set(this.live, startLog(page, this.live.hidden));
    if (this.isBehind) this.soonCatchUp(0);
  }

  private setShown(log: MessageLog): void {
    if (this.window && this.live) this.set(this.live, log);
    else this.set(log, undefined);
    if (this.isBehind) this.soonCatchUp(0);
  }

  private set(live: MessageLog, window: MessageLog | undefined): void {
    const joined = window && join(window, live);
    const next = joined ? { live: joined, window: undefined } : { live, window };
    if (next.live === this.live && next.window === this.window) return;
    this.live = next.live;
    this.window = next.window;
    this.dropExpired();
    this.options.onChange();
    this.saveTimer ??= setTimeout(() => this.save(), waits.saveMs);
  }

  /** R21: when the time comes, here too. */
  private dropExpired(): void {
    const { live, window } = this;
    const nextMs = Math.min(nextExpiryMs(live?.messages ?? []), nextExpiryMs(window?.messages ?? []));
    clearTimeout(this.expiryTimer);
    if (nextMs === Infinity) return;
    const nowMs = this.options.serverNowMs();
    if (nextMs <= nowMs) {
      if (live) this.live = { ...live, messages: withoutExpired(live.messages, nowMs) };
      if (window) this.window = { ...window, messages: withoutExpired(window.messages, nowMs) };
      return this.dropExpired();
    }
    this.expiryTimer = setTimeout(
      () => {
        this.dropExpired();
        this.options.onChange();
        this.save();
      },
      Math.min(nextMs - nowMs, longestTimerMs),
    );
    // A program that has stopped does not stay for it.
    if (typeof this.expiryTimer === "object") this.expiryTimer.unref();
  }

  private save(): void {
    clearTimeout(this.saveTimer);
    this.saveTimer = undefined;
    const id = this.options.conversationId();
    if (this.live && id !== undefined) this.options.shelf.save(id, this.live, this.hiddenCount);
  }
}

/** As much as a device keeps of it. */
function newestOf(live: MessageLog): MessageLog {
  return partAround(live, Infinity, { before: keptMessages - 1, after: 0 });
}

function isWithin(log: MessageLog, seq: number): boolean {
  const first = log.hasOlder ? (log.messages[0]?.seq ?? Infinity) : 0;
  const last = log.hasNewer ? (log.messages.at(-1)?.seq ?? -1) : Infinity;
  return seq >= first && seq <= last;
}

type Timer = ReturnType<typeof setTimeout>;
