import { createHmac, timingSafeEqual } from "node:crypto";
import { limits } from "@sotto/protocol/limits.ts";
import type { SessionIdentity } from "./sessions.ts";

/**
 * Socket tickets (T4): minted by a signed-in request, good once, for 30 seconds. A ticket that a cookie minted opens a
 * socket only for our own Origin. Signed, so that any node can check one; the used ones are remembered until they expire.
 */
export interface Ticket extends SessionIdentity {
  byCookie: boolean;
}

export interface Tickets {
  mint(ticket: Ticket): string;
  /** The ticket's content at its first use in time; null otherwise. */
  redeem(text: string): Ticket | null;
}

export function tickets(secret: string, nowMs: () => number = Date.now): Tickets {
  const used = new Map<string, number>();
  const sign = (body: string) => createHmac("sha256", secret).update(`socket-ticket:${body}`).digest("base64url");
  return {
    mint(ticket) {
      const expiresMs = nowMs() + limits.ticketTtlSeconds * 1000;
      const body = Buffer.from(JSON.stringify({ ...ticket, expiresMs, nonce: Bun.randomUUIDv7() })).toString(
        "base64url",
      );
      return `${body}.${sign(body)}`;
    },
    redeem(text) {
      const [body, signature] = text.split(".");
      if (body === undefined || signature === undefined || !equal(signature, sign(body))) return null;
      const { expiresMs, nonce, ...ticket } = JSON.parse(Buffer.from(body, "base64url").toString());
      forgetExpired(used, nowMs());
      if (nowMs() > expiresMs || used.has(nonce)) return null;
      used.set(nonce, expiresMs);
      return ticket;
    },
  };
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Insertion order is expiry order, so the scan stops at the first that is still good. */
function forgetExpired(used: Map<string, number>, nowMs: number): void {
  for (const [nonce, expiresMs] of used) {
    if (expiresMs >= nowMs) return;
    used.delete(nonce);
  }
}
