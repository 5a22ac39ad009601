/**
 * Carries hints between processes: something happened to this person. At most once, in order from one publisher to one
 * subscriber, no storage: the database is the truth, and a client that missed a hint heals by its cursor.
 *
 * A listener of the publishing process gets its hint at once, within the call, and never twice. One of another process gets
 * it when that one watches the person. While the broker is away nothing waits: hints to other processes are lost, both
 * sides learn that there was a gap, and look into the database.
 */
export interface Bus {
  publish(hint: Hint): void;
  subscribe(listener: (hint: Hint) => void): () => void;
  /** Hints for this person from other processes are wanted. Resolves when the broker knows, or at once while it is away. */
  watch(personId: string): Promise<void> | undefined;
  unwatch(personId: string): void;
  /** Hints may have been lost, here or on their way here: told when the broker goes, when it is back, and by `announceGap`. */
  onGap(listener: () => void): () => void;
  /** Tells every process, this one too, that hints may have been lost: a process died with what it had not said. */
  announceGap(): void;
  state(): BusState;
  /** What was published before is handed over first. */
  close(): Promise<void>;
}

/** `away`: the broker cannot be reached, hints stay in their process. */
export type BusState = "here" | "away";

export type Hint =
  /** An encoded event of the protocol for every socket of a person; the same string serves them all. */
  | { kind: "event"; personId: string; payload: string; exceptConnection?: string | undefined }
  /** They are in this conversation no more: what was under way to them about it stops here (R8, T3). */
  | { kind: "left"; personId: string; conversationId: string }
  /** The session is over: its sockets close now. */
  | { kind: "session_over"; personId: string; sessionId: string }
  /** One socket more than a person may have: this one closes, on whatever process it is. */
  | { kind: "one_too_many"; personId: string; connectionId: string };
