import type { ServerWebSocket } from "bun";

/** What a connection remembers: small, for there are many (idle bytes are measured by `npm run bench -- send`). */
export interface SocketData {
  personId: string;
  sessionId: string;
  connectionId: string;
  version: number;
  /** Commands under way. */
  outstanding: number;
  malformed: number;
  /** Frames that leave at the end of this turn; null most of the time. */
  outgoing: string[] | null;
}

export type Socket = ServerWebSocket<SocketData>;
