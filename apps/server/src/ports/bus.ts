/**
 * Carries hints between processes: something happened to this person. At most once, in order from one publisher to one
 * subscriber, no storage: the database is the truth, and a client that missed a hint heals by its cursor.
 */
export interface Bus {
  publish(hint: Hint): void;
  subscribe(listener: (hint: Hint) => void): () => void;
}

export type Hint =
  /** An encoded event of the protocol for every socket of a person; the same string serves them all. */
  | { kind: "event"; personId: string; payload: string; exceptConnection?: string | undefined }
  /** The session is over: its sockets close now. */
  | { kind: "session_over"; personId: string; sessionId: string };
