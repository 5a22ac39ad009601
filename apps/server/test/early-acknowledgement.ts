import { plugin } from "bun";

/**
 * The planted bug for `crash.long.test.ts`: this server answers a send a while before its commit. It is loaded before the real
 * server's modules and changes the text of one of them, so that no switch for it lies in the server itself.
 */
const real = "return await sql.begin(async (tx) => {\n    const next = await giveOutNumbers(tx, batch);";
const planted = `
  void (async () => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    await commitInTime(sql, batch, createdAt);
  })().catch(() => undefined);
  return new Map(batch.map((message, n) => [message.id, { seq: n + 1, change: n + 1 }]));
}

async function commitInTime(sql, batch, createdAt) {
  ${real}`;

plugin({
  name: "early acknowledgement",
  setup(build) {
    build.onLoad({ filter: /messages\/store\.ts$/ }, async ({ path }) => {
      const text = await Bun.file(path).text();
      if (!text.includes(real)) throw new Error("the place for the planted bug is not there any more");
      return { contents: text.replace(real, () => planted), loader: "ts" };
    });
  },
});
