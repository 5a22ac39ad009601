import type { Blobs } from "../ports/blobs.ts";
import { decodeEntries, encodeEntries, LedgerAway, type Ledger } from "../ports/ledger.ts";

const prefix = "erasures/";
const keysAtOnce = 1000;

/** The ledger where the photos lie, for many machines: each append is an object of its own, which nothing changes again. */
export function blobsLedger({ blobs, where }: { blobs: Blobs; where: string }): Ledger & AsyncDisposable {
  return {
    where,
    append: async (entries) => {
      try {
        await blobs.put(`${prefix}${Bun.randomUUIDv7()}`, new TextEncoder().encode(encodeEntries(entries)));
      } catch (error) {
        throw new LedgerAway(`the erasure ledger in ${where} cannot be written`, { cause: error });
      }
    },
    async *read() {
      let after: string | undefined;
      for (;;) {
        const listed = await blobs.list({ prefix, limit: keysAtOnce, ...(after !== undefined && { after }) });
        for (const { key } of listed) {
          const stream = await blobs.get(key);
          // Nothing deletes them: one that is gone is a ledger with a hole.
          if (!stream) throw new Error(`The erasure ledger cannot be read: ${key} is gone.`);
          yield* decodeEntries(await new Response(stream).text(), key);
        }
        // A store may answer fewer than it has: only nothing is the end.
        if (listed.length === 0) return;
        after = listed.at(-1)?.key;
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
