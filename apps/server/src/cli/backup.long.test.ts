import { expect, test } from "bun:test";
import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { signUp, clientOf, befriend } from "../../test/people.ts";
import { serverProcess } from "../../test/server-process.ts";
import { exitCodes } from "./cli-error.ts";
import { run } from "./program.ts";

test("C56 R9: backup beside a running server, restore into an empty folder, by the command line", async () => {
  await using from = await serverProcess({ SOTTO_LIMIT_SIGN_UPS_PER_HOUR: "100" });
  await from.start();
  const [ines, tom] = [await signUp(from.url, "ines"), await signUp(from.url, "tom")];
  await befriend(from.url, ines, tom);
  const say = async (clientId: string, text: string) =>
    (await clientOf(from.url, ines).call("messages.sendToPerson", { personId: tom.id, clientId, text })).message;
  const stays = await say("a", "this stays");
  const goes = await say("b", "this was taken back");
  const dir = join(from.dataDir, "backups", "today");
  const key = join(from.dataDir, "backup.key");
  expect(await sotto(from.env, ["backup", dir])).toMatchObject({ exitCode: exitCodes.usage });
  await Bun.write(key, `${"k".repeat(40)}\nanother line\n`);
  const made = await sotto(from.env, ["backup", dir, "--key-file", key, "--json"]);
  expect(made).toMatchObject({ exitCode: 0, value: { photos: 0, missing: 0 } });
  expect(await sotto(from.env, ["backup", dir, "--key-file", key])).toMatchObject({ exitCode: exitCodes.refused });
  await clientOf(from.url, ines).call("messages.unsend", { conversationId: goes.conversationId, messageId: goes.id });
  expect(await sotto(from.env, ["restore", dir, "--key-file", key])).toMatchObject({
    exitCode: exitCodes.refused,
    stderr: expect.stringContaining("running"),
  });

  await using to = await serverProcess();
  expect(await sotto(to.env, ["restore", dir, "--key-file", key])).toMatchObject({
    exitCode: exitCodes.refused,
    stderr: expect.stringContaining("erasure ledger"),
  });
  await cp(join(from.dataDir, "erasures"), join(to.dataDir, "erasures"), { recursive: true });
  const restored = await sotto({ ...to.env, SOTTO_BACKUP_KEY: "k".repeat(40) }, ["restore", dir, "--json"]);
  expect(restored).toMatchObject({ exitCode: 0, value: { unsent: 1, photosRemoved: 0 } });
  await to.start();
  const door = clientOf(to.url, { ...ines, token: "none" });
  const { token = "" } = await door.call("auth.signIn", { username: "ines", password: "a long enough password" });
  const again = clientOf(to.url, { ...ines, token });
  const { items } = await again.call("messages.list", { conversationId: stays.conversationId });
  expect(items.map((item) => item.text).toSorted()).toEqual(["", "this stays"]);
  // The secret came along: a message that is sent again meets its first answer (R13).
  const replay = await again.call("messages.sendToPerson", { personId: tom.id, clientId: "a", text: "this stays" });
  expect(replay.message.id).toBe(stays.id);
  expect((await readdir(to.dataDir)).includes("secret.restored")).toBe(false);
}, 120_000);

async function sotto(
  env: Readonly<Record<string, string>>,
  words: string[],
): Promise<{ exitCode: number; stdout: string; stderr: string; value: unknown }> {
  let [stdout, stderr] = ["", ""];
  const exitCode = await run(words, {
    env,
    stdout: { write: (text) => void (stdout += text) },
    stderr: { write: (text) => void (stderr += text) },
    readStdin: async () => "",
  });
  return {
    exitCode,
    stdout,
    stderr,
    value: words.includes("--json") && stdout !== "" ? JSON.parse(stdout) : undefined,
  };
}
