/** What the driver is told, and what it says, over IPC. It is a process of its own, on a core of its own. */

/** How a client reaches the server under test. Connections come in pairs: 0 and 1, 2 and 3 … */
export type Accounts =
  // Connections take the addresses in turn: the two of a pair are on different nodes where there are several.
  | { protocol: "sotto"; urls: string[]; tickets: string[]; conversationIds: string[] }
  | { protocol: "xmpp"; port: number; domain: string; users: string[]; password: string };

export interface LoadPlan {
  /** The first so many connections send; the others listen. */
  senders: number;
  /** Sends under way on each of them. */
  outstanding: number;
  /** What lets the next message go: that this one is with so many receivers, or that its sender has been answered. */
  closesOn: { receivers: number } | "acknowledgement";
  warmUpMs: number;
  measureMs: number;
}

export interface LoadResult {
  /** Counted at receivers, while measuring. */
  delivered: number;
  /** Answered, while measuring; 0 where the protocol has no answer. */
  acknowledged: number;
  seconds: number;
  /** From the send to the receiver's frame. */
  p50Ms: number;
  p99Ms: number;
  /** Over the whole run, warm-up and end included: what an archive must hold. */
  sentInAll: number;
  deliveredInAll: number;
  refused: number;
  /** Frames with a message that was never sent. Anything but 0 is an error of the driver or the server. */
  unknown: number;
}

/** Opening adds to the connections that are there. */
export type DriverOrder = { do: "open"; accounts: Accounts } | { do: "drive"; plan: LoadPlan };

export type DriverNews =
  | { is: "started" }
  | { is: "opened"; connections: number }
  | { is: "measuring" }
  | { is: "measured" }
  | { is: "done"; result: LoadResult }
  | { is: "failed"; why: string };
