import { backOffMs } from "./back-off.ts";
import type { Call } from "./call.ts";
import type { Inbox } from "./inbox.ts";
import type { Change } from "./store/storage.ts";
import { waits } from "./waits.ts";

/** One after the other, and the rest a little later. */
const askedAtOnce = 20;
/** Where the server says something else for ever, such as a marker that it refused, it is left alone until something changes. */
const triesMost = 10;

/** Asks for the unread counts that are a guess (R16), where no pull brought them meanwhile. */
export class Recount {
  private readonly options: {
    call: Call;
    inbox: Inbox;
    /** A marker of mine that is on its way there is answered with a count: nothing is asked before that. */
    pending: (conversationId: string) => readonly Change[];
  };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private running = false;

  constructor(options: Recount["options"]) {
    this.options = options;
  }

  start(): void {
    this.running = true;
    this.soon();
  }

  stop(): void {
    this.running = false;
    this.drop();
  }

  /** Some count became a guess. */
  soon(): void {
    this.attempt = 0;
    this.after(waits.recountMs);
  }

  private after(delayMs: number): void {
    if (!this.running || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.drop();
      void this.ask();
    }, delayMs);
  }

  private async ask(): Promise<void> {
    const { call, inbox, pending } = this.options;
    const mayAsk = (id: string) => !pending(id).some((one) => one.what === "read");
    for (const conversationId of inbox.uncounted.filter(mayAsk).slice(0, askedAtOnce))
      await call("conversations.get", { conversationId }).catch(() => undefined);
    // An answer that a message overtook on its way leaves it a guess.
    if (inbox.uncounted.length > 0 && this.attempt < triesMost) this.after(waits.recountMs + backOffMs(this.attempt++));
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
