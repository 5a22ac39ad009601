import { withoutExpired } from "./expiry.ts";
import type { MessageLog } from "./message-log.ts";
import type { Storage, StoredLog } from "./store/storage.ts";

const keptConversations = 30;
export const keptMessages = 200;
const keptHidden = 1_000;

/** What is known of a kept conversation without reading it. */
interface Head {
  openedAtMs: number;
  change: number;
  hiddenCount: number;
}

/**
 * The conversations that were opened lately, on the device: their newest messages, so that they open without a network. Whoever keeps
 * one here keeps it up to date, or removes it: what was unsent must not stay (R9), nor what disappeared (R21).
 */
export class LogShelf {
  private readonly storage: Storage;
  private readonly serverNowMs: () => number;
  private readonly known = new Map<string, Head>();
  private readonly restored: Promise<void>;
  private generation = 0;

  constructor(storage: Storage, serverNowMs: () => number) {
    this.storage = storage;
    this.serverNowMs = serverNowMs;
    this.restored = this.restore();
  }

  async heads(): Promise<{ conversationId: string; change: number; hiddenCount: number }[]> {
    await this.restored;
    return [...this.known].map(([conversationId, { change, hiddenCount }]) => ({
      conversationId,
      change,
      hiddenCount,
    }));
  }

  /** Somebody looks at it now. */
  noteOpened(conversationId: string): void {
    const { change = 0, hiddenCount = 0 } = this.known.get(conversationId) ?? {};
    this.known.set(conversationId, { openedAtMs: Date.now(), change, hiddenCount });
    this.dropBeyond();
  }

  async load(conversationId: string): Promise<StoredLog | undefined> {
    const { generation } = this;
    await this.restored;
    const stored = await this.storage.logs.get(conversationId);
    if (generation !== this.generation) return undefined;
    return stored && { ...stored, messages: withoutExpired(stored.messages, this.serverNowMs()) };
  }

  /** Only of a conversation that was opened. */
  save(conversationId: string, log: MessageLog, hiddenCount: number): void {
    const head = this.known.get(conversationId);
    if (!head) return;
    const { change } = log;
    const { openedAtMs } = head;
    this.known.set(conversationId, { openedAtMs, change, hiddenCount });
    const messages = withoutExpired(log.messages.slice(-keptMessages), this.serverNowMs());
    const hasOlder = log.hasOlder || messages.length < log.messages.length;
    const hidden = [...log.hidden].slice(-keptHidden);
    void this.storage.logs.put(conversationId, { messages, change, hasOlder, hidden, hiddenCount, openedAtMs });
  }

  remove(conversationId: string): void {
    this.known.delete(conversationId);
    void this.storage.logs.remove(conversationId);
  }

  clear(): void {
    this.generation += 1;
    this.known.clear();
  }

  /** What disappeared while nobody was here goes before anything is shown. */
  private async restore(): Promise<void> {
    const { generation } = this;
    const [all, view] = await Promise.all([this.storage.logs.all(), this.storage.loadView()]);
    // Before the server is heard its clock is known from the last time: a device's that is fast would drop what has time left.
    const nowMs = Date.now() + (view?.clockOffsetMs ?? 0);
    for (const [conversationId, stored] of all) {
      if (generation !== this.generation) return;
      const { change, hiddenCount = 0, openedAtMs = 0 } = stored;
      const openedMs = Math.max(openedAtMs, this.known.get(conversationId)?.openedAtMs ?? 0);
      this.known.set(conversationId, { openedAtMs: openedMs, change, hiddenCount });
      const messages = withoutExpired(stored.messages, nowMs);
      if (messages !== stored.messages) await this.storage.logs.put(conversationId, { ...stored, messages });
    }
    this.dropBeyond();
  }

  private dropBeyond(): void {
    const newest = [...this.known].toSorted(([, a], [, b]) => b.openedAtMs - a.openedAtMs);
    for (const [conversationId] of newest.slice(keptConversations)) this.remove(conversationId);
  }
}
