import type { Pids } from "../load/drive.ts";
import type { Accounts } from "../load/plan.ts";

/** A server under test with its database, on the first core, empty but for its accounts. */
export interface PeerSubject {
  pids: Pids;
  /** The server's own process: its memory is what a connection costs. */
  serverPid: number;
  /** The accounts from `from` up to `to`. */
  accounts(from: number, to: number): Accounts;
  /** How many messages the archive holds: each once, however many rows the server writes for it. */
  archived(): Promise<number>;
  /** Whether a sender is told that its message is kept. XMPP tells nobody. */
  answers: boolean;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Reachable by an unprivileged user; gone afterwards. */
  folder: string;
  people: number;
}
