import type { Call } from "./call.ts";

const tellEveryMs = 4_000;
/** It is over by itself (C8). */
const lastsMs = 6_000;

/** Who writes in one conversation; and that I do, told every few seconds at most. */
export class Typing {
  private readonly call: Call;
  private readonly conversationId: () => string | undefined;
  /** My setting; without it nothing is told. */
  private readonly isShown: () => boolean;
  private readonly onChange: () => void;
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private toldMs = -Infinity;
  personIds: readonly string[] = [];

  constructor(options: {
    call: Call;
    conversationId: () => string | undefined;
    isShown: () => boolean;
    onChange: () => void;
  }) {
    this.call = options.call;
    this.conversationId = options.conversationId;
    this.isShown = options.isShown;
    this.onChange = options.onChange;
  }

  /** A keystroke. */
  mine(): void {
    if (Date.now() - this.toldMs < tellEveryMs || !this.isShown()) return;
    this.toldMs = Date.now();
    this.tell(true);
  }

  /** Sent, or wiped. */
  stopped(): void {
    if (Date.now() - this.toldMs > lastsMs) return;
    this.toldMs = -Infinity;
    this.tell(false);
  }

  heard(personId: string, isTyping: boolean): void {
    clearTimeout(this.timers.get(personId));
    this.timers.delete(personId);
    if (isTyping)
      this.timers.set(
        personId,
        setTimeout(() => this.heard(personId, false), lastsMs),
      );
    const before = this.personIds;
    if (before.includes(personId) === isTyping) return;
    this.personIds = isTyping ? [...before, personId] : before.filter((one) => one !== personId);
    this.onChange();
  }

  private tell(typing: boolean): void {
    const conversationId = this.conversationId();
    // A hint: one that gets lost is worth nothing later.
    if (conversationId !== undefined)
      this.call("conversations.typing", { conversationId, typing }).catch(() => undefined);
  }
}
