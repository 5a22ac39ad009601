import { expect, test } from "bun:test";
import type { Ledger, LedgerEntry } from "../ports/ledger.ts";

/** What every adapter of the ledger port does. `open` gives an empty one; `another` the same one in another process. */
export function ledgerContract(name: string, open: () => Promise<{ ledger: Ledger; another: () => Ledger }>): void {
  test(`${name}: what was appended is there, also for another process`, async () => {
    const { ledger, another } = await open();
    expect(await readAll(ledger)).toEqual([]);
    const [one, two, three] = [message(), medium(), mark()];
    await ledger.append([one, two]);
    await ledger.append([three]);
    expect(sorted(await readAll(ledger))).toEqual(sorted([one, two, three]));
    expect(sorted(await readAll(another()))).toEqual(sorted([one, two, three]));
  });

  test(`${name}: two processes append beside each other, and nothing is lost`, async () => {
    const { ledger, another } = await open();
    const other = another();
    const entries = Array.from({ length: 200 }, message);
    await Promise.all(entries.map((entry, at) => (at % 2 === 0 ? ledger : other).append([entry])));
    expect(sorted(await readAll(another()))).toEqual(sorted(entries));
  });
}

export async function readAll(ledger: Ledger): Promise<LedgerEntry[]> {
  return await Array.fromAsync(ledger.read());
}

const at = "2026-01-02T03:04:05.678Z";
let seq = 0;
const message = (): LedgerEntry => ({
  kind: "message",
  conversationId: Bun.randomUUIDv7(),
  seq: (seq += 1),
  sentAt: at,
  at,
});
const medium = (): LedgerEntry => ({ kind: "medium", mediaId: Bun.randomUUIDv7(), at });
const mark = (): LedgerEntry => ({ kind: "backup", id: Bun.randomUUIDv7(), at });
const sorted = (entries: readonly LedgerEntry[]) => entries.map((entry) => JSON.stringify(entry)).toSorted();
