import { createContext, useContext } from "react";

/** So long after the last scroll that what stands still has been drawn. */
const settleMs = 60;
/** So many rows a turn: each turn is a frame of its own. */
const rowsPerTurn = 6;
const turnMs = 16;

/**
 * Whether the list stands still. Rows that come while it moves are drawn without what nobody presses meanwhile, and get it once it has
 * come to rest: a leap pays each box of 30 rows.
 */
export class Stillness {
  isStill = true;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly waiting = new Set<() => void>();

  moved(): void {
    clearTimeout(this.timer);
    this.isStill = false;
  }

  rested(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.isStill = true;
      this.tellSome();
    }, settleMs);
  }

  /** Called once, at the next rest, unless what is returned is called before. */
  atRest(tell: () => void): () => void {
    this.waiting.add(tell);
    return () => this.waiting.delete(tell);
  }

  private tellSome(): void {
    for (const tell of [...this.waiting].slice(0, rowsPerTurn)) {
      this.waiting.delete(tell);
      tell();
    }
    if (this.waiting.size > 0) this.timer = setTimeout(() => this.tellSome(), turnMs);
  }
}

export const StillnessContext = createContext(new Stillness());

export function useStillness(): Stillness {
  return useContext(StillnessContext);
}
