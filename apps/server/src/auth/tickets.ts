import { createHmac, timingSafeEqual } from "node:crypto";
import { limits } from "@sotto/protocol/limits.ts";
import type { Sql } from "../db/sql.ts";
import type { SessionIdentity } from "./sessions.ts";

/**
 * Socket tickets (T4): minted by a signed-in request, good once, for 30 seconds. A ticket that a cookie minted opens a
 * socket only for our own Origin. Signed, so that any node can check one, by the database's clock; the used ones stand in the
 * database until they expire.
 */
export interface Ticket extends SessionIdentity {
  byCookie: boolean;
}

export interface OpenedTicket extends Ticket {
  nonce: string;
  expiresMs: number;
}

export interface Tickets {
  mint(ticket: Ticket): string;
  /** What a ticket says that is ours and in time; null for every other text. Whether it was used is `spendTicket`'s. */
  open(text: string): OpenedTicket | null;
}

export function tickets(secret: string, nowMs: () => number = Date.now): Tickets {
  const sign = (body: string) => createHmac("sha256", secret).update(`socket-ticket:${body}`).digest("base64url");
  return {
    mint(ticket) {
      const opened: OpenedTicket = {
        ...ticket,
        expiresMs: nowMs() + limits.ticketTtlSeconds * 1000,
        nonce: Bun.randomUUIDv7(),
      };
      const body = Buffer.from(JSON.stringify(opened)).toString("base64url");
      return `${body}.${sign(body)}`;
    },
    open(text) {
      const [body, signature] = text.split(".");
      if (body === undefined || signature === undefined || !equal(signature, sign(body))) return null;
      const opened = JSON.parse(Buffer.from(body, "base64url").toString()) as OpenedTicket;
      return nowMs() > opened.expiresMs ? null : opened;
    },
  };
}

/** True at a ticket's first use, whichever nodes it is shown to at once, and while its session lives. */
export async function spendTicket(sql: Sql, { personId, sessionId, nonce, expiresMs }: OpenedTicket): Promise<boolean> {
  const rows = await sql`
    insert into used_tickets (person_id, nonce, expires_at)
    select person_id, ${nonce}, ${new Date(expiresMs)} from sessions where person_id = ${personId} and id = ${sessionId}
    on conflict do nothing returning 1`;
  return rows.length > 0;
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
