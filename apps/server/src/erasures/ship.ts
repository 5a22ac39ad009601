import type { Sql } from "../db/sql.ts";
import type { Ledger } from "../ports/ledger.ts";

/** Carries what was erased from the database into the ledger. */
export interface ErasureShipper {
  /** When it returns, the ledger has everything that was committed before the call; throws when it cannot. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

const rowsAtOnce = 500;

/**
 * The outbox of erasures → the ledger → gone from the outbox, in that order: a crash in between ships once more, and twice is
 * the same as once. Whoever settles while a run is under way joins the next, which sees their commit. A timer takes what nobody
 * waits for: what a crash left, and what sweeps dropped.
 */
export function shipErasures(deps: {
  sql: Sql;
  ledger: Ledger;
  onError: (error: unknown) => void;
  everyMs?: number;
}): ErasureShipper {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const run = (): Promise<void> => {
    running = shipAll(deps).finally(() => (running = null));
    return running;
  };
  const settle = (): Promise<void> => {
    if (!running) return run();
    next ??= running
      .catch(() => undefined)
      .then(async () => {
        next = null;
        await run();
      });
    return next;
  };
  const settleQuietly = () => settle().catch(deps.onError);
  const timer = setInterval(() => void settleQuietly(), deps.everyMs ?? 60_000);
  timer.unref();
  void settleQuietly();
  return {
    settle,
    async stop() {
      clearInterval(timer);
      await settleQuietly();
    },
  };
}

async function shipAll({ sql, ledger }: { sql: Sql; ledger: Ledger }): Promise<void> {
  for (;;) {
    const rows: { subject_id: string; id: string; kind: "message" | "medium"; erased_at: Date }[] = await sql`
      select subject_id, id, kind, erased_at from erasures order by subject_id, id limit ${rowsAtOnce}`;
    if (rows.length === 0) return;
    await ledger.append(
      rows.map(({ subject_id, id, kind, erased_at }) => ({
        kind,
        subjectId: subject_id,
        id,
        at: erased_at.toISOString(),
      })),
    );
    const subjects = rows.map((row) => row.subject_id);
    const ids = rows.map((row) => row.id);
    await sql`
      delete from erasures e using unnest(${sql.array(subjects, "UUID")}, ${sql.array(ids, "UUID")}) as t(subject_id, id)
      where e.subject_id = t.subject_id and e.id = t.id`;
    if (rows.length < rowsAtOnce) return;
  }
}
