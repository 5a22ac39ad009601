import * as z from "zod";

/**
 * What was erased, kept outside the database and its backups, so that a restore cannot bring it back (R9, T36).
 *
 * Guarantees: `append` is durable when it returns, and throws `LedgerAway` when it cannot be; entries may be there twice,
 * never half. `read` yields everything that any process has appended, in no particular order. Nothing is ever changed in place.
 */
export interface Ledger {
  append(entries: readonly LedgerEntry[]): Promise<void>;
  read(): AsyncIterable<LedgerEntry>;
  /** For people: a folder, or an address. */
  readonly where: string;
}

/** Ids and times alone: a stolen ledger tells that something is gone, and nothing of what it was. */
export const ledgerEntry = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("message"),
    conversationId: z.uuid(),
    seq: z.int(),
    sentAt: z.iso.datetime(),
    at: z.iso.datetime(),
  }),
  z.object({ kind: z.literal("person"), personId: z.uuid(), at: z.iso.datetime() }),
  z.object({ kind: z.literal("medium"), mediaId: z.uuid(), at: z.iso.datetime() }),
  // A backup leaves its mark: a ledger without it is older than the backup, or another one.
  z.object({ kind: z.literal("backup"), id: z.uuid(), at: z.iso.datetime() }),
]);

export type LedgerEntry = z.infer<typeof ledgerEntry>;

export class LedgerAway extends Error {}

export function encodeEntries(entries: readonly LedgerEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

/**
 * The entries of one part. A last line without its end was never promised to anybody; any other that cannot be read means a
 * damaged ledger, or one of a newer Sotto, and whoever leaves it out would bring something back.
 */
export function decodeEntries(text: string, part: string): LedgerEntry[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line, at) => {
    const parsed = ledgerEntry.safeParse(parseJson(line));
    if (!parsed.success) throw new Error(`The erasure ledger cannot be read: ${part}, line ${at + 1}.`);
    return parsed.data;
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
