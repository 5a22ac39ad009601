import type { Event } from "@sotto/protocol/events.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { Conversation, Draft, Message } from "@sotto/protocol/types.ts";
import type { Call } from "./call.ts";
import { nextExpiryMs, withoutExpired } from "./expiry.ts";
import { inboxState, mergeConversation, readUpTo, withMessage } from "./inbox-view.ts";
import type { InboxState } from "./interface.ts";
import { createState } from "./state.ts";
import { isSureAfterAnswer, isSureAfterMessage, isSureAfterRead } from "./unread.ts";

const countedRequests = 100;

export type InboxChange = Extract<Event, { event: "inbox" }>["changes"][number];

/** The conversations that this client holds, from sync, events and answers alike. */
export class Inbox {
  readonly state = createState<InboxState>(inboxState([], { ready: false, horizon: "", nowMs: 0 }));
  private readonly held = new Map<string, Conversation>();
  /** An answer that was asked for before this may be older than what is held, see `takeAnswer`. */
  private readonly askedAt = new Map<string, number>();
  /** Where the number of unread ones is a guess until the server's next answer (R16). */
  private readonly unsure = new Set<string>();
  /** Whom I blocked, once that is known: their messages in groups do not count (R16). */
  private blocked: Set<string> | undefined;
  private readonly onUnsure: () => void;
  private readonly onConversation: (conversation: Conversation) => void;
  private readonly overlay: (conversation: Conversation) => Conversation;
  private readonly serverNowMs: () => number;
  private ready = false;
  /** See `inboxState`. */
  private horizon = "";
  private pageCursor: string | undefined;

  constructor(options: {
    onConversation: (conversation: Conversation) => void;
    /** What is shown of it while changes of mine are on their way. */
    overlay?: (conversation: Conversation) => Conversation;
    /** Somewhere the unread count became a guess: see `uncounted`. */
    onUnsure?: () => void;
    /** Now, by the server's clock: what disappears, and what is muted, goes by that one. */
    serverNowMs: () => number;
  }) {
    this.onConversation = options.onConversation;
    this.overlay = options.overlay ?? ((conversation) => conversation);
    this.onUnsure = options.onUnsure ?? (() => undefined);
    this.serverNowMs = options.serverNowMs;
  }

  /** As it is shown. */
  get(conversationId: string): Conversation | undefined {
    const held = this.held.get(conversationId);
    return held && this.overlay(held);
  }

  withPerson(personId: string): Conversation | undefined {
    return [...this.held.values()].find((one) => one.kind === "direct" && one.people[0]?.id === personId);
  }

  /** As the server has them. */
  all(): Conversation[] {
    return [...this.held.values()];
  }

  /** Whose number of unread ones has to be asked for. */
  get uncounted(): string[] {
    return [...this.unsure];
  }

  /** What these wrote in groups counts from now on, or does not any more: how much of it there is, the server knows. */
  setBlocked(personIds: Iterable<string>): void {
    const before = this.blocked;
    const now = new Set(personIds);
    this.blocked = now;
    const turned = new Set([...(before ?? []), ...now].filter((id) => before?.has(id) !== now.has(id)));
    if (turned.size === 0) return;
    // Of a large group not everybody is named. When one begins, the server has just counted.
    const mayHold = ({ people, memberCount }: Conversation) =>
      (before && people.length < memberCount - 1) || people.some(({ id }) => turned.has(id));
    for (const one of this.held.values())
      if (one.kind === "group" && one.lastSeq > one.readSeq && mayHold(one)) this.setSure(one.id, false);
  }

  get shownSince(): string {
    return this.horizon;
  }

  /** A stored view, shown until the first answer. */
  restore(view: { conversations: readonly Conversation[]; horizon: string; uncounted?: readonly string[] }): void {
    this.clear();
    this.horizon = view.horizon;
    this.ready = true;
    this.take(view.conversations);
    for (const id of view.uncounted ?? []) if (this.held.has(id)) this.setSure(id, false);
  }

  /** The newest conversations, all over again; at the very first sync together with what was opened before its answer. */
  reload(newest: readonly Conversation[], options: { isFirst?: boolean; nextAsked?: number } = {}): void {
    if (!options.isFirst) this.clear();
    this.ready = true;
    const shown = newest.filter((one) => one.state !== "request_received" && !one.archived);
    this.horizon = shown.length < limits.pageDefault ? "" : oldestActivity(shown);
    this.takePulled(newest, options.nextAsked ?? 0);
  }

  clear(): void {
    this.held.clear();
    this.ready = false;
    this.horizon = "";
    this.pageCursor = undefined;
    this.askedAt.clear();
    this.unsure.clear();
    this.publish();
  }

  take(conversations: readonly Conversation[]): void {
    for (const incoming of conversations) {
      const held = this.held.get(incoming.id);
      this.setSure(incoming.id, isSureAfterAnswer(held, incoming, !this.unsure.has(incoming.id)));
      this.put(mergeConversation(held, incoming));
    }
    this.publish();
  }

  /**
   * A pull: it is applied whatever came meanwhile, as the cursor moves by it, and its events bring nothing any more. So no answer to a
   * question from before it came, `nextAsked`, counts after it: it may have been read before what the pull brought.
   */
  takePulled(conversations: readonly Conversation[], nextAsked: number): void {
    for (const { id } of conversations) this.noteAsked(id, nextAsked);
    this.take(conversations);
  }

  /**
   * Any other answer. One that was asked for before something that is here already may be older than it (pins, mutes and drafts
   * carry no number), and is left: what changed after that one was read comes by an event of its own.
   */
  takeAnswer(conversation: Conversation, askedAt: number): void {
    this.takeAnswers([conversation], askedAt);
  }

  /** So a page of them: it may hold what is here already, as the first pages of the inbox do. */
  private takeAnswers(conversations: readonly Conversation[], askedAt: number): void {
    this.takePulled(
      conversations.filter(({ id }) => askedAt >= (this.askedAt.get(id) ?? 0)),
      askedAt,
    );
  }

  /**
   * The server's draft, as it answered to one of mine. Where that was asked for before what is here, and is not the later draft of the
   * two, it may be older (one that was dropped has no time), and is left as in `takeAnswer`.
   */
  draft(conversationId: string, answer: { draft: Draft | null; writtenAt: string; askedAt: number }): void {
    const { draft, writtenAt, askedAt } = answer;
    const isSure = askedAt >= (this.askedAt.get(conversationId) ?? 0);
    const answerMs = Date.parse(draft?.writtenAt ?? writtenAt);
    this.change(conversationId, (held) => {
      const heldMs = held.draft ? Date.parse(held.draft.writtenAt) : isSure ? 0 : Infinity;
      return heldMs > answerMs || (heldMs === answerMs && !isSure) ? held : { ...held, draft };
    });
  }

  /** Somebody else's marker moved (C8). */
  receipt(conversationId: string, receipt: { personId: string; readSeq: number }): void {
    this.change(conversationId, (held) => {
      const known = held.receipts.find((one) => one.personId === receipt.personId);
      if (known && known.readSeq >= receipt.readSeq) return held;
      return { ...held, receipts: [...held.receipts.filter((one) => one !== known), receipt] };
    });
  }

  remove(conversationId: string): void {
    this.change(conversationId, (held) => ({ ...held, state: "hidden" }));
  }

  message(message: Message, myId: string): void {
    const isCounted = message.senderId !== myId && !this.blocked?.has(message.senderId);
    this.change(message.conversationId, (held) => {
      const wasSure = !this.unsure.has(held.id);
      this.setSure(held.id, isSureAfterMessage(held, message, { isCounted, wasSure }));
      return withMessage(held, message, isCounted);
    });
  }

  read(conversationId: string, read: { readSeq: number }): void {
    this.change(conversationId, (held) => {
      this.setSure(held.id, isSureAfterRead(held, read.readSeq, !this.unsure.has(held.id)));
      return readUpTo(held, read);
    });
  }

  /** Whether nothing is missing here of what an `inbox` event lists; its read marker is applied where it says all. */
  holds(change: InboxChange): boolean {
    const held = this.held.get(change.conversationId);
    // A new message may bring an archived one back to the inbox, some moments after it.
    if (!held || held.archived || change.stale || held.change < change.change || held.lastSeq < change.lastSeq)
      return false;
    // The pull that follows brings this one's count with it.
    if (this.unsure.has(held.id)) return false;
    if (change.readSeq <= held.readSeq) return true;
    if (change.readSeq < held.lastSeq) return false;
    this.read(change.conversationId, { readSeq: change.readSeq });
    return true;
  }

  /** Whether the server's count of requests, which it stops at a hundred, is ours. */
  hasRequests(count: number): boolean {
    return Math.min(this.state.get().requests.length, countedRequests) === count;
  }

  /** All requests, when the server counts others than we hold. */
  async loadRequests(call: Call, asked: () => number): Promise<void> {
    const askedAt = asked() + 1;
    const page = await call("conversations.list", { folder: "requests", limit: limits.pageMax });
    const waiting = new Set(page.items.map((one) => one.id));
    for (const held of this.state.get().requests) if (!waiting.has(held.id)) this.drop(held.id);
    this.takeAnswers(page.items, askedAt);
  }

  /** `asked`: how many questions were asked so far. */
  async loadOlder(call: Call, asked: () => number): Promise<void> {
    while (this.horizon !== "") {
      const before = this.horizon;
      const askedAt = asked() + 1;
      const page = await call("conversations.list", {
        folder: "inbox",
        ...(this.pageCursor && { cursor: this.pageCursor }),
      });
      this.pageCursor = page.next ?? undefined;
      this.horizon = page.next === null ? "" : earlier(before, oldestActivity(page.items));
      this.takeAnswers(page.items, askedAt);
      // The first pages may hold only what sync brought already.
      if (this.horizon !== before) return;
    }
  }

  private change(conversationId: string, change: (held: Conversation) => Conversation): void {
    const held = this.held.get(conversationId);
    if (!held) return;
    const next = change(held);
    if (next === held) return;
    this.put(next);
    this.publish();
  }

  private setSure(conversationId: string, isSure: boolean): void {
    if (isSure) this.unsure.delete(conversationId);
    else if (!this.unsure.has(conversationId)) {
      this.unsure.add(conversationId);
      this.onUnsure();
    }
  }

  private put(conversation: Conversation): void {
    if (conversation.state === "hidden") this.drop(conversation.id);
    else this.held.set(conversation.id, conversation);
    this.onConversation(conversation);
  }

  private drop(conversationId: string): void {
    this.held.delete(conversationId);
    this.unsure.delete(conversationId);
  }

  private noteAsked(conversationId: string, askedAt: number): void {
    this.askedAt.set(conversationId, Math.max(askedAt, this.askedAt.get(conversationId) ?? 0));
  }

  publish(): void {
    const nowMs = this.serverNowMs();
    this.dropExpired(nowMs);
    const shown = [...this.held.values()].map(this.overlay);
    this.state.set(inboxState(shown, { ready: this.ready, horizon: this.horizon, nowMs }));
  }

  /** R21: the last message may be one that disappeared. */
  private dropExpired(nowMs: number): void {
    for (const [id, held] of this.held) {
      if (!held.lastMessage || nextExpiryMs([held.lastMessage]) > nowMs) continue;
      this.held.set(id, { ...held, lastMessage: withoutExpired([held.lastMessage], nowMs)[0] ?? null });
    }
  }
}

function oldestActivity(conversations: readonly Conversation[]): string {
  const times = conversations.filter((one) => !one.pinned).map((one) => one.activityAt);
  return times.sort()[0] ?? "9999";
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
