import { isShowable } from "../damage.ts";
import type { Sql } from "../db/sql.ts";

/**
 * A message by its place and by when it was sent: after a restore the place may be another one's, and its id with it.
 * A medium by its id, which is never given out again.
 */
export type Erasure =
  | { kind: "message"; conversationId: string; seq: number; sentAt: Date }
  | { kind: "medium"; mediaId: string }
  /** A deleted account (R18). */
  | { kind: "person"; personId: string };

/**
 * Notes what this transaction erases (R9). The ledger gets it after the commit: `ship.ts`. A message whose time is damaged
 * (T30) is taken back as any other; the ledger has the time of the erasure for it.
 */
export async function recordErasures(tx: Sql, erasures: readonly Erasure[], at: Date): Promise<void> {
  for (const erasure of erasures) {
    const isMessage = erasure.kind === "message";
    await tx`
      insert into erasures (subject_id, seq, made_at, kind, erased_at)
      values (${subjectOf(erasure)}, ${isMessage ? erasure.seq : 0},
        ${isMessage && isShowable(erasure.sentAt) ? erasure.sentAt : at}, ${erasure.kind}, ${at})
      on conflict do nothing`;
  }
}

function subjectOf(erasure: Erasure): string {
  switch (erasure.kind) {
    case "message":
      return erasure.conversationId;
    case "medium":
      return erasure.mediaId;
    case "person":
      return erasure.personId;
    default:
      return erasure satisfies never;
  }
}
