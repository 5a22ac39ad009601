import { isShowable } from "../damage.ts";
import { RateWindow } from "../rate-window.ts";

/** For so long the first answer to a command may have been lost, and the news with it. */
const newsMs = 60_000;

/**
 * Whether what a command did before is told once more, because the command came again: while it is fresh, once in half a minute, and
 * then not at all. Whoever repeats one for ever is heard by nobody, least of all by who blocked them (R5, T9).
 */
export class ToldAgain {
  readonly #window = new RateWindow({ points: 1, perSeconds: 30 });

  /** `what` of which message, and when it was done. */
  may(what: "sent" | "unsent", messageId: string, at: Date | null): boolean {
    if (at === null || !isShowable(at) || Math.abs(Date.now() - at.getTime()) >= newsMs) return false;
    return this.#window.take(`${what} ${messageId}`, performance.now()) === 0;
  }
}
