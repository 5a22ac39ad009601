import type { Sql } from "../db/sql.ts";

/** argon2id, parameters by OWASP's Password Storage Cheat Sheet: 19 MiB, 2 passes. */
const options = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;

export async function hashPassword(password: string): Promise<string> {
  return await Bun.password.hash(password, options);
}

/** With no hash to check, the work is done all the same and the answer is no. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  dummyHash ??= hashPassword("nobody's password");
  const matches = await Bun.password.verify(password, hash ?? (await dummyHash));
  return matches && hash !== null;
}

/**
 * Whether the password is still the one that was proven, which takes a while; until the transaction ends it stays so. Whoever
 * changes it waits, and ends what is made here: that must not outlive the change (T5).
 */
export async function holdProven(tx: Sql, personId: string, provenHash: string): Promise<boolean> {
  const rows = await tx`
    select 1 from people where id = ${personId} and password_hash = ${provenHash} and deleted_at is null for share`;
  return rows.length > 0;
}

let dummyHash: Promise<string> | undefined;
