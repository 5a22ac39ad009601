import type { Me } from "@sotto/protocol/types.ts";
import { hashToken, newToken } from "../auth/tokens.ts";
import type { Sql } from "../db/sql.ts";

export type Purpose = "verify" | "recover";

const hours = 3_600_000;
/** Long enough to go and look for the letter; a new password is for now. */
const lifeMs: Record<Purpose, number> = { verify: 24 * hours, recover: 1 * hours };

const recoverEveryMs = 5 * 60_000;

export interface Proven {
  personId: string;
  address: string;
}

interface Asked extends Proven {
  now: Date;
}

/** Addresses are compared without regard to capitals, as every mail server of our time does. */
export function normalAddress(address: string): string {
  return address.trim().toLowerCase();
}

/** Shown as waiting from here on, in the place of an earlier one. Nobody has its token: the one that counts is made with the letter. */
export async function writePending(tx: Sql, { personId, address, now }: Asked): Promise<void> {
  await tx`
    insert into email_tokens (person_id, purpose, token_hash, address, expires_at)
    values (${personId}, 'verify', ${hashToken(newToken())}, ${address}, ${expiryOf("verify", now)})
    on conflict (person_id, purpose) do update
      set token_hash = excluded.token_hash, address = excluded.address, expires_at = excluded.expires_at`;
}

/**
 * The token for the link to whichever address waits, 256 random bits; only its hash is kept, and an earlier one is good for nothing.
 * Null where none waits any more: it was removed, the password changed or the account deleted while the letter did.
 */
export async function writeVerifyToken(
  sql: Sql,
  { personId, now }: Omit<Asked, "address">,
): Promise<{ token: string; address: string } | null> {
  const token = newToken();
  const [row] = await sql`
    update email_tokens set token_hash = ${hashToken(token)}, expires_at = ${expiryOf("verify", now)}
    where person_id = ${personId} and purpose = 'verify' and expires_at > ${now} returning address`;
  return row ? { token, address: row.address } : null;
}

/**
 * The same for a new password. Null where the address is theirs no more, and when one was made a moment ago: whoever asks all the
 * time fills nobody's mailbox.
 */
export async function writeRecoveryToken(sql: Sql, { personId, address, now }: Asked): Promise<string | null> {
  const token = newToken();
  const expiresAt = expiryOf("recover", now);
  const written = await sql`
    insert into email_tokens (person_id, purpose, token_hash, address, expires_at)
    select person_id, 'recover', ${hashToken(token)}, address, ${expiresAt}
    from emails where person_id = ${personId} and address = ${address}
    on conflict (person_id, purpose) do update
      set token_hash = excluded.token_hash, address = excluded.address, expires_at = excluded.expires_at
      where email_tokens.expires_at < ${new Date(expiresAt.getTime() - recoverEveryMs)}
    returning 1`;
  return written.length > 0 ? token : null;
}

function expiryOf(purpose: Purpose, now: Date): Date {
  return new Date(now.getTime() + lifeMs[purpose]);
}

/** Whose it is, once: the row goes with it. Null when it was used, replaced, or is too old. */
export async function spendToken(tx: Sql, purpose: Purpose, token: string, now: Date): Promise<Proven | null> {
  const [row] = await tx`
    delete from email_tokens where token_hash = ${hashToken(token)} and purpose = ${purpose} and expires_at > ${now}
    returning person_id, address`;
  return row ? { personId: row.person_id, address: row.address } : null;
}

/** What a person sees of theirs: the address that waits for its link to be followed, else the one that holds. */
export async function readEmail(sql: Sql, personId: string, now: Date): Promise<Me["email"]> {
  const [row] = await sql`
    select
      (select address from email_tokens where person_id = ${personId} and purpose = 'verify' and expires_at > ${now}) as pending,
      (select address from emails where person_id = ${personId}) as verified`;
  if (row?.pending) return { address: row.pending, verified: false };
  return row?.verified ? { address: row.verified, verified: true } : null;
}

export async function verifiedAddress(sql: Sql, personId: string): Promise<string | null> {
  const [row] = await sql`select address from emails where person_id = ${personId}`;
  return row?.address ?? null;
}

/**
 * Whoever proves last that they read an address has it: nobody keeps one that is another's mailbox. A link for a new password that
 * is on its way to the address from before is for nobody any more.
 */
export async function writeVerified(tx: Sql, { personId, address }: Proven, now: Date): Promise<void> {
  const before =
    await tx`delete from emails where address = ${address} and person_id <> ${personId} returning person_id`;
  await tx`
    delete from email_tokens
    where purpose = 'recover' and ((person_id = ${personId} and address <> ${address})
      or (person_id = ${before[0]?.person_id ?? null} and address = ${address}))`;
  await tx`
    insert into emails (person_id, address, verified_at) values (${personId}, ${address}, ${now})
    on conflict (person_id) do update set address = excluded.address, verified_at = excluded.verified_at`;
}

export async function forgetAddress(tx: Sql, personId: string): Promise<void> {
  await tx`delete from emails where person_id = ${personId}`;
  await tx`delete from email_tokens where person_id = ${personId}`;
}

/** By username or by verified address; only somebody who has one can be written to. */
export async function findByName(sql: Sql, usernameOrEmail: string): Promise<Proven | null> {
  const name = normalAddress(usernameOrEmail).replace(/^@/, "");
  if (!name.isWellFormed() || name.includes("\0")) return null;
  const [row] = await sql`
    select e.person_id, e.address from emails e
    where e.address = ${name} or e.person_id = (select p.id from people p where p.username = ${name} and p.deleted_at is null)
    order by e.address = ${name} desc limit 1`;
  return row ? { personId: row.person_id, address: row.address } : null;
}
