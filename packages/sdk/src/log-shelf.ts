import { withoutExpired } from "./expiry.ts";
import type { MessageLog } from "./message-log.ts";
import type { Storage, StoredLog } from "./store/storage.ts";

const keptConversations = 30;
const keptMessages = 200;
const keptHidden = 1_000;

/**
 * The conversations that were opened lately, on the device: their newest messages, so that they open without a network. Whoever keeps
 * one here keeps it up to date, or removes it: what was unsent must not stay (R9), nor what disappeared (R21).
 */
export class LogShelf {
  private readonly storage: Storage;
  /** When each was opened last. */
  private readonly opened = new Map<string, number>();
  private readonly restored: Promise<void>;
  private generation = 0;

  constructor(storage: Storage) {
    this.storage = storage;
    this.restored = this.restore();
  }

  /** The conversations kept here, with what they knew. */
  async heads(): Promise<{ conversationId: string; change: number; hiddenCount: number }[]> {
    await this.restored;
    const all = await this.storage.logs.all();
    return all.map(([conversationId, { change, hiddenCount = 0 }]) => ({ conversationId, change, hiddenCount }));
  }

  has(conversationId: string): boolean {
    return this.opened.has(conversationId);
  }

  /** Somebody looks at it now. */
  noteOpened(conversationId: string): void {
    this.opened.set(conversationId, Date.now());
    this.dropBeyond();
  }

  async load(conversationId: string): Promise<StoredLog | undefined> {
    await this.restored;
    const stored = await this.storage.logs.get(conversationId);
    return stored && { ...stored, messages: withoutExpired(stored.messages, Date.now()) };
  }

  save(conversationId: string, log: MessageLog, hiddenCount: number): void {
    const openedAtMs = this.opened.get(conversationId);
    if (openedAtMs === undefined) return;
    const messages = withoutExpired(log.messages.slice(-keptMessages), Date.now());
    const hasOlder = log.hasOlder || messages.length < log.messages.length;
    const hidden = [...log.hidden].slice(-keptHidden);
    void this.storage.logs.put(conversationId, {
      messages,
      change: log.change,
      hasOlder,
      hidden,
      hiddenCount,
      openedAtMs,
    });
  }

  remove(conversationId: string): void {
    this.opened.delete(conversationId);
    void this.storage.logs.remove(conversationId);
  }

  clear(): void {
    this.generation += 1;
    this.opened.clear();
  }

  /** What disappeared while nobody was here goes before anything is shown. */
  private async restore(): Promise<void> {
    const { generation } = this;
    const all = await this.storage.logs.all();
    if (generation !== this.generation) return;
    for (const [conversationId, stored] of all) {
      if (!this.opened.has(conversationId)) this.opened.set(conversationId, stored.openedAtMs ?? 0);
      const messages = withoutExpired(stored.messages, Date.now());
      if (messages !== stored.messages) await this.storage.logs.put(conversationId, { ...stored, messages });
    }
    this.dropBeyond();
  }

  private dropBeyond(): void {
    const newest = [...this.opened].toSorted(([, a], [, b]) => b - a);
    for (const [conversationId] of newest.slice(keptConversations)) this.remove(conversationId);
  }
}
