import type { Me } from "@sotto/protocol/types.ts";
import { backOffMs } from "./back-off.ts";
import type { Call } from "./call.ts";
import type { State } from "./state.ts";
import { waits } from "./waits.ts";

/**
 * Who is here, with their settings, which carry no number. Two devices may change them at once, and the news of it, and the answers,
 * come in another order than they were kept in; who changes something is not told of it by an event. So whatever changed is shown at
 * once and asked for once more, and a question that was asked before it is not listened to.
 */
export class MeLoader {
  private readonly options: {
    call: Call;
    isOnline: () => boolean;
    me: State<Me | null>;
    /** How many questions were asked so far. */
    asked: () => number;
  };
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What was asked for before this question may be older than what is shown. */
  private newest = 0;

  constructor(options: MeLoader["options"]) {
    this.options = options;
  }

  async load(attempt = 0): Promise<void> {
    try {
      await this.options.call("me.get", {});
    } catch {
      if (this.options.isOnline()) setTimeout(() => void this.load(attempt + 1), backOffMs(attempt));
    }
  }

  /** What somebody asked for. */
  answered(answer: Part, askedAt: number): void {
    if (this.options.me.get() !== null && askedAt < this.newest) return;
    this.newest = Math.max(askedAt, this.newest);
    this.show(answer);
  }

  /** It was changed, here or on another device. Where no line is, its opening asks. */
  changed(to: Part): void {
    this.newest = this.options.asked() + 1;
    this.show(to);
    this.stop();
    if (this.options.isOnline()) this.timer = setTimeout(() => void this.load(), waits.gapPatienceMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private show(part: Part): void {
    const { me } = this.options;
    const before = me.get();
    if ("id" in part) me.set(part);
    else if (before) me.set({ ...before, ...part });
  }
}

/** All of it, or the settings alone. */
type Part = Me | Pick<Me, "settings">;
