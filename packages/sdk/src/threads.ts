import type { Conversation, Message } from "@sotto/protocol/types.ts";
import { Thread, type ThreadOptions } from "./conversation.ts";
import type { Target } from "./store/storage.ts";

/** Closed ones beyond this are let go, oldest first. */
const keptMost = 40;

/** The conversations that are open, or were, each once. */
export class Threads {
  private threads: Thread[] = [];
  private readonly options: Omit<ThreadOptions, "target">;

  constructor(options: Omit<ThreadOptions, "target">) {
    this.options = options;
  }

  of(target: Target): Thread {
    const known = this.about(target)[0];
    if (known) return known;
    const thread = new Thread({ ...this.options, target });
    const isKept = (one: Thread, index: number) => one.isOpen || index >= this.threads.length - keptMost;
    for (const [index, one] of this.threads.entries()) if (!isKept(one, index)) one.letGo();
    this.threads = [...this.threads.filter(isKept), thread];
    return thread;
  }

  about(target: Target): Thread[] {
    return this.threads.filter((thread) => thread.isAbout(target));
  }

  isLoaded(conversationId: string): boolean {
    return this.about({ conversationId }).some((thread) => thread.isLoaded);
  }

  message(message: Message): void {
    for (const thread of this.about({ conversationId: message.conversationId })) thread.receive(message);
  }

  noticed(conversation: Conversation): void {
    for (const thread of this.threads) thread.noticed(conversation);
  }

  async settled(target: Target, message: Message): Promise<void> {
    const about = new Set([...this.about(target), ...this.about({ conversationId: message.conversationId })]);
    await Promise.all([...about].map((thread) => thread.settled(message)));
  }

  typed(conversationId: string, personId: string, isTyping: boolean): void {
    for (const thread of this.about({ conversationId })) thread.typed(personId, isTyping);
  }

  hid(conversationId: string, messageIds: readonly string[]): void {
    for (const thread of this.about({ conversationId })) thread.hid(messageIds);
  }

  /**
   * What is stored of conversations that nobody opened yet, up to date: it may hold what was unsent (R9). One that is none of mine any
   * more, or too far back to know, goes.
   */
  async freshenStored(conversationIds?: readonly string[]): Promise<void> {
    const { shelf, inbox } = this.options;
    for (const { conversationId, change, hiddenCount } of await shelf.heads()) {
      if (this.isLoaded(conversationId) || (conversationIds && !conversationIds.includes(conversationId))) continue;
      const held = inbox.get(conversationId);
      if (!held) shelf.remove(conversationId);
      else if (change < held.change || hiddenCount < held.hiddenCount)
        await this.of({ conversationId })
          .freshen()
          .catch(() => undefined);
    }
  }

  publish(): void {
    for (const thread of this.threads) thread.publish();
  }

  forget(): void {
    for (const thread of this.threads) thread.forget();
  }

  /** Nothing of them is shown any more, and nothing is asked. */
  empty(): void {
    for (const thread of this.threads) thread.empty();
  }

  /** Nothing is asked any more. */
  rest(): void {
    for (const thread of this.threads) thread.rest();
  }

  refreshOpen(): void {
    for (const thread of this.open()) void thread.refresh();
  }

  refreshDecisions(): void {
    for (const thread of this.open()) thread.refreshDecision().catch(() => undefined);
  }

  private open(): Thread[] {
    return this.threads.filter((thread) => thread.isOpen);
  }
}
