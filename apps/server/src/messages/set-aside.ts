import { plainArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";

/** A message, by its place. */
export interface Place {
  conversationId: string;
  seq: number;
}

interface Aside extends Place {
  failures: number;
  untilMs: number;
}

const firstMs = 1_000;
const longestMs = 300_000;
/** More than that are forgotten, the oldest first, and tried sooner. */
const placesMost = 10_000;

/** Tried again in one round: what fails must not fill it. */
const againMost = 20;

/**
 * What a round could not do is left out of the next ones, and tried again beside them: a few at a time, each after twice as long as
 * before. One that fails whenever it is tried keeps nobody else's waiting (T30). A process's own: another one, or the next, tries it
 * again.
 */
export class SetAside {
  readonly #aside = new Map<string, Aside>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  failed(place: Place): void {
    const failures = (this.#aside.get(keyOf(place))?.failures ?? 0) + 1;
    this.#put(place, failures, Math.min(longestMs, firstMs * 2 ** (failures - 1)));
  }

  /** Somebody else holds it: not its own fault, but whoever comes after it does not wait for that either. */
  held(place: Place): void {
    this.#put(place, this.#aside.get(keyOf(place))?.failures ?? 0, firstMs);
  }

  done(place: Place): void {
    this.#aside.delete(keyOf(place));
  }

  /** Those whose time to be tried again has come. */
  again(): Place[] {
    const nowMs = this.#nowMs();
    return [...this.#aside.values()].filter((one) => one.untilMs <= nowMs).slice(0, againMost);
  }

  /**
   * A condition on `conversation_id` and the named column: none of those that are set aside. `not in`, which asks a hash: a `not exists`
   * went through the list for every row, and with ten thousand of them a round took 5 s where it takes 0.1.
   */
  without(sql: Sql, seq: "seq" | "source_seq") {
    if (this.#aside.size === 0) return sql``;
    const out = [...this.#aside.values()];
    return sql`
      and (conversation_id, ${sql(seq)}) not in (
        select of_conversation, place
        from unnest(${plainArray(out.map((one) => one.conversationId))}::uuid[], ${plainArray(out.map((one) => one.seq))}::int8[])
          as aside(of_conversation, place))`;
  }

  #put(place: Place, failures: number, forMs: number): void {
    const key = keyOf(place);
    const { conversationId, seq } = place;
    this.#aside.delete(key);
    this.#aside.set(key, { conversationId, seq, failures, untilMs: this.#nowMs() + forMs });
    for (const oldest of this.#aside.keys()) {
      if (this.#aside.size <= placesMost) break;
      this.#aside.delete(oldest);
    }
  }
}

function keyOf({ conversationId, seq }: Place): string {
  return `${conversationId} ${seq}`;
}
