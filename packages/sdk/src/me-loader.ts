import { backOffMs } from "./back-off.ts";
import type { Call } from "./call.ts";
import { waits } from "./waits.ts";

/** Asks who is here, and for their settings; whoever watches the answers keeps them (observe.ts). */
export class MeLoader {
  private readonly options: { call: Call; isOnline: () => boolean };
  private timer: ReturnType<typeof setTimeout> | undefined;

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

  /** Two devices may change settings at once, and the news of it come in another order than they were kept: what is kept counts. */
  soon(): void {
    this.stop();
    this.timer = setTimeout(() => void this.load(), waits.gapPatienceMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
