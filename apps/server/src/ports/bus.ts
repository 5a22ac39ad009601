/**
 * Carries hints between processes: something happened to this person. At most once, in order from one publisher to one
 * subscriber, no storage: the database is the truth, and a client that missed a hint heals by its cursor.
 */
export interface Bus {
  /** `payload` is an encoded event of the protocol; the same string serves every socket. */
  publish(personId: string, payload: string): void;
  subscribe(listener: (personId: string, payload: string) => void): () => void;
}
