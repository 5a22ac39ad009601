import { supportedVersions } from "@sotto/protocol/version.ts";
import type { Refusal } from "../errors.ts";
import { refuse } from "../errors.ts";
import type { SocketData } from "./socket.ts";

export interface HandshakeDeps {
  /** Null for a ticket that is not ours, too old or used, and where the session is over. */
  redeem: (ticket: string) => Promise<{ personId: string; sessionId: string; byCookie: boolean } | null>;
  ownOrigin: (request: Request) => boolean;
}

/**
 * Whether a request may become a socket (T4): a ticket that is ours, in time and used once; our own Origin where a cookie
 * minted it; a session that still lives. Never by a cookie.
 */
export async function handshake(deps: HandshakeDeps, request: Request): Promise<SocketData | Refusal> {
  const query = new URL(request.url).searchParams;
  const ticket = await deps.redeem(query.get("ticket") ?? "");
  if (!ticket) return refuse("unauthenticated", { detail: "This ticket is used, too old, or none." });
  if (ticket.byCookie && !deps.ownOrigin(request)) return refuse("origin_refused");
  const version = Number(query.get("version") ?? "0");
  const { personId, sessionId } = ticket;
  return {
    personId,
    sessionId,
    connectionId: Bun.randomUUIDv7(),
    version,
    outstanding: 0,
    malformed: 0,
    outgoing: null,
  };
}

export function speaks(version: number): boolean {
  return supportedVersions.includes(version);
}
