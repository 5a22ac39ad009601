import { afterAll, beforeAll, expect, test } from "bun:test";
import { paths } from "@sotto/protocol/paths.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { holdingLine } from "./holding-line.ts";
import { clientOf, signUp } from "./people.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop());

test("C22: settings that were read before a change of mine, and come after its answer, do not undo it", async () => {
  const anna = await signUp(server.url, "anna");
  await using line = holdingLine(server.url);
  const laptop = clientOf(line.url, anna);
  await laptop.call("me.get", {});
  const held = line.holdNext(paths["me.get"]);
  const late = laptop.call("me.get", {});
  await held.isRead;
  await laptop.call("settings.update", { keepAcceptedOpen: true });
  held.release();
  expect((await late).settings.keepAcceptedOpen).toBe(false);
  expect(laptop.me.get()?.settings.keepAcceptedOpen).toBe(true);
});

test("C22: a setting that one device changes twice ends as it was set last, however slow the first one's way is", async () => {
  const ben = await signUp(server.url, "ben");
  await using line = holdingLine(server.url);
  const phone = clientOf(line.url, ben);
  await phone.call("me.get", {});
  const held = line.holdNext(paths["settings.update"], { before: true });
  const [first, last] = [true, false].map((enterSends) => phone.call("settings.update", { enterSends }));
  await held.isRead;
  // As long as the last one needs, if it does not wait.
  await Promise.race([last, Bun.sleep(500)]);
  held.release();
  await Promise.all([first, last]);
  expect((await clientOf(server.url, ben).call("settings.get", {})).enterSends).toBe(false);
  expect(phone.me.get()?.settings.enterSends).toBe(false);
});

test("C3 C6 C22: what one device does to somebody and takes back ends as taken back, however slow the first one's way is", async () => {
  const [mara, noor] = [await signUp(server.url, "mara"), await signUp(server.url, "noor")];
  await using line = holdingLine(server.url);
  const phone = clientOf(line.url, mara);
  for (const [does, undoes] of [
    ["follows.follow", "follows.unfollow"],
    ["blocks.block", "blocks.unblock"],
  ] as const) {
    const held = line.holdNext(paths[does].replace("{personId}", noor.id), { before: true });
    const [first, last] = [phone.call(does, { personId: noor.id }), phone.call(undoes, { personId: noor.id })];
    await held.isRead;
    await Promise.race([last, Bun.sleep(200)]);
    held.release();
    await Promise.all([first, last]);
  }
  const { relation } = await phone.call("people.get", { personId: noor.id });
  expect(relation).toMatchObject({ following: false, blocked: false });
});
