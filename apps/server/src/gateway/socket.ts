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
}

export type Socket = ServerWebSocket<SocketData>;
