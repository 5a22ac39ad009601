import type { Conversation, Message } from "@sotto/protocol/types.ts";
import { Thread, type ThreadOptions } from "./conversation.ts";
import type { Target } from "./store/storage.ts";

/** Closed ones beyond this are let go, oldest first; a handle that somebody still subscribes to stays. */
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
    this.threads = [
      ...this.threads.filter((one, index) => one.isOpen || index >= this.threads.length - keptMost),
      thread,
    ];
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

  publish(): void {
    for (const thread of this.threads) thread.publish();
  }

  forget(): void {
    for (const thread of this.threads) thread.forget();
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
