import { plugin } from "bun";

/**
 * The planted bug for `crash.long.test.ts`: this server answers a send a while before its commit. It is loaded before the real
 * server's modules and changes the text of one of them, so that no switch for it lies in the server itself.
 */
const real = "export async function commitBatch(";
const planted = `
export async function commitBatch(sql, batch, how) {
  void (async () => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    await commitInTime(sql, batch, how instanceof Date ? how : { ...how, skipLocked: false });
  })().catch(() => undefined);
  return batch.map((_, n) => ({ id: crypto.randomUUID(), seq: n + 1, change: n + 1 }));
}
`;

plugin({
  name: "early acknowledgement",
  setup(build) {
    build.onLoad({ filter: /messages\/store\.ts$/ }, async ({ path }) => {
      const text = await Bun.file(path).text();
      if (!text.includes(real)) throw new Error("the place for the planted bug is not there any more");
      return { contents: text.replace(real, "async function commitInTime(") + planted, loader: "ts" };
    });
  },
});
