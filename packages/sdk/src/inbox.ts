import type { Event } from "@sotto/protocol/events.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { Conversation, Message } from "@sotto/protocol/types.ts";
import type { Call } from "./call.ts";
import { inboxState, mergeConversation, readUpTo, withMessage } from "./inbox-view.ts";
import type { InboxState } from "./interface.ts";
import { createState } from "./state.ts";

const countedRequests = 100;

export type InboxChange = Extract<Event, { event: "inbox" }>["changes"][number];

/** The conversations that this client holds, from sync, events and answers alike. */
export class Inbox {
  readonly state = createState<InboxState>(inboxState([], { ready: false, horizon: "", nowMs: 0 }));
  private readonly held = new Map<string, Conversation>();
  private readonly onConversation: (conversation: Conversation) => void;
  private ready = false;
  /** See `inboxState`. */
  private horizon = "";
  private pageCursor: string | undefined;

  constructor(options: { onConversation: (conversation: Conversation) => void }) {
    this.onConversation = options.onConversation;
  }

  get(conversationId: string): Conversation | undefined {
    return this.held.get(conversationId);
  }

  withPerson(personId: string): Conversation | undefined {
    return [...this.held.values()].find((one) => one.kind === "direct" && one.people[0]?.id === personId);
  }

  all(): Conversation[] {
    return [...this.held.values()];
  }

  get shownSince(): string {
    return this.horizon;
  }

  /** A stored view, shown until the first answer. */
  restore(view: { conversations: readonly Conversation[]; horizon: string }): void {
    this.clear();
    this.horizon = view.horizon;
    this.ready = true;
    this.take(view.conversations);
  }

  /** The newest conversations, all over again. */
  reload(newest: readonly Conversation[]): void {
    this.clear();
    this.ready = true;
    const shown = newest.filter((one) => one.state !== "request_received" && !one.archived);
    this.horizon = shown.length < limits.pageDefault ? "" : oldestActivity(shown);
    this.take(newest);
  }

  clear(): void {
    this.held.clear();
    this.ready = false;
    this.horizon = "";
    this.pageCursor = undefined;
    this.publish();
  }

  take(conversations: readonly Conversation[]): void {
    for (const incoming of conversations) this.put(mergeConversation(this.held.get(incoming.id), incoming));
    this.publish();
  }

  remove(conversationId: string): void {
    this.change(conversationId, (held) => ({ ...held, state: "hidden" }));
  }

  message(message: Message, myId: string): void {
    this.change(message.conversationId, (held) => withMessage(held, message, myId));
  }

  read(conversationId: string, read: { readSeq: number; unread?: number }): void {
    this.change(conversationId, (held) => readUpTo(held, read));
  }

  /** Whether nothing is missing here of what an `inbox` event lists; its read marker is applied where it says all. */
  holds(change: InboxChange): boolean {
    const held = this.held.get(change.conversationId);
    // A new message may bring an archived one back to the inbox, some moments after it.
    if (!held || held.archived || change.stale || held.change < change.change || held.lastSeq < change.lastSeq)
      return false;
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
  async loadRequests(call: Call): Promise<void> {
    const page = await call("conversations.list", { folder: "requests", limit: limits.pageMax });
    const waiting = new Set(page.items.map((one) => one.id));
    for (const held of this.state.get().requests) if (!waiting.has(held.id)) this.held.delete(held.id);
    this.take(page.items);
  }

  async loadOlder(call: Call): Promise<void> {
    while (this.horizon !== "") {
      const before = this.horizon;
      const page = await call("conversations.list", {
        folder: "inbox",
        ...(this.pageCursor && { cursor: this.pageCursor }),
      });
      this.pageCursor = page.next ?? undefined;
      this.horizon = page.next === null ? "" : earlier(before, oldestActivity(page.items));
      this.take(page.items);
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

  private put(conversation: Conversation): void {
    if (conversation.state === "hidden") this.held.delete(conversation.id);
    else this.held.set(conversation.id, conversation);
    this.onConversation(conversation);
  }

  private publish(): void {
    this.state.set(inboxState(this.held.values(), { ready: this.ready, horizon: this.horizon, nowMs: Date.now() }));
  }
}

function oldestActivity(conversations: readonly Conversation[]): string {
  const times = conversations.filter((one) => !one.pinned).map((one) => one.activityAt);
  return times.sort()[0] ?? "9999";
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
