import type { Sql } from "../db/sql.ts";

/** A message by its conversation and id (a sequence number may be given out again after a restore), or a medium by its id. */
export type Erasure = { kind: "message"; conversationId: string; id: string } | { kind: "medium"; id: string };

/** Notes what this transaction erases (R9). The ledger gets it after the commit: `ship.ts`. */
export async function recordErasures(tx: Sql, erasures: readonly Erasure[], at: Date): Promise<void> {
  if (erasures.length === 0) return;
  const subjects = erasures.map((one) => (one.kind === "message" ? one.conversationId : one.id));
  const ids = erasures.map((one) => one.id);
  const kinds = erasures.map((one) => one.kind);
  await tx`
    insert into erasures (subject_id, id, kind, erased_at)
    select e.*, ${at}::timestamptz
    from unnest(${tx.array(subjects, "UUID")}, ${tx.array(ids, "UUID")}, ${tx.array(kinds, "TEXT")}) as e
    on conflict do nothing`;
}
