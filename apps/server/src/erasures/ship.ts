import type { Sql } from "../db/sql.ts";
import type { Ledger, LedgerEntry } from "../ports/ledger.ts";
import { counts } from "../telemetry/counts.ts";

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
    const rows: OutboxRow[] = await sql`
      select subject_id, seq::float8 as seq, made_at, kind, erased_at from erasures
      order by subject_id, seq, made_at limit ${rowsAtOnce}`;
    if (rows.length === 0) return;
    await append(ledger, rows.map(toEntry));
    for (const { subject_id, seq, made_at } of rows)
      await sql`
        delete from erasures where subject_id = ${subject_id} and seq = ${seq}
          and date_trunc('milliseconds', made_at) = ${made_at}`;
    if (rows.length < rowsAtOnce) return;
  }
}

async function append(ledger: Ledger, entries: readonly LedgerEntry[]): Promise<void> {
  try {
    await ledger.append(entries);
  } catch (error) {
    counts.ledgerFailures += 1;
    throw error;
  }
  counts.erasuresShipped += entries.length;
}

/** All that waits in a database which is about to be replaced: gone with it, a restore would bring it back. */
export async function shipBeforeReplacing(
  client: { query: (text: string) => Promise<{ rows: unknown[] }> },
  ledger: Ledger,
): Promise<void> {
  const found = await client.query("select to_regclass('erasures') is not null as there");
  if (!(found.rows[0] as { there: boolean }).there) return;
  const { rows } = await client.query(
    "select subject_id, seq::float8 as seq, made_at, kind, erased_at from erasures order by subject_id, seq, made_at",
  );
  if (rows.length > 0) await append(ledger, (rows as OutboxRow[]).map(toEntry));
}

interface OutboxRow {
  subject_id: string;
  seq: number;
  made_at: Date;
  kind: "message" | "medium" | "person";
  erased_at: Date;
}

function toEntry({ subject_id, seq, made_at, kind, erased_at }: OutboxRow): LedgerEntry {
  const at = erased_at.toISOString();
  if (kind === "person") return { kind, personId: subject_id, at };
  if (kind === "medium") return { kind, mediaId: subject_id, at };
  return { kind, conversationId: subject_id, seq, sentAt: made_at.toISOString(), at };
}
