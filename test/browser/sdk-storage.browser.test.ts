import { afterAll, beforeAll, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { befriend, clientOf, signUp, until, type TestPerson } from "../../apps/server/test/people.ts";
import { drawPhoto } from "../../apps/server/src/media/drawn-photo.ts";
import { startTestServer, type TestServer } from "../../apps/server/src/test-server.ts";
import type { Sotto } from "@sotto/sdk/interface.ts";
import { findBrowser, launchBrowser } from "./browser.ts";

/** The SDK in a real browser, where it keeps its outbox and its last view in IndexedDB. */
declare global {
  interface Window {
    sottoFor(token: string): Sotto;
    sotto: Sotto;
    photo: Blob;
  }
}

const found = await findBrowser();
const inBrowser = test.skipIf(found.is === "missing");
if (found.is === "missing") console.log(`skipped: ${found.reason}`);

let server: TestServer;
let browser: Browser;
let script: string;
let photo: string;
let count = 0;

beforeAll(async () => {
  if (found.is === "missing") return;
  server = await startTestServer();
  [browser, script] = await Promise.all([launchBrowser(found), bundle()]);
  photo = Buffer.from(await drawPhoto({ seed: 8, width: 1200, height: 900, exif: true })).toString("base64");
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

inBrowser(
  "C17, C31: a photo that could not be sent survives a reload, and is sent once",
  async () => {
    const [anna, ben] = await friends();
    const page = await openPage();
    await page.route("**/v1/uploads**", (route) => route.abort());
    await start(page, anna);
    await page.evaluate(
      (personId) => window.sotto.withPerson(personId).send({ text: "kept", files: [window.photo] }),
      ben.id,
    );
    await waitFor(page, ben, "outgoing.length === 1 && one.outgoing[0].problem?.code === 'unavailable'");
    await page.reload();
    await start(page, anna);
    await waitFor(page, ben, "outgoing.length === 1 && one.outgoing[0].attachments[0].file.size > 1000");
    await page.unroute("**/v1/uploads**");
    await waitFor(
      page,
      ben,
      "outgoing.length === 0 && one.messages.length === 1 && one.messages[0].media.length === 1",
      true,
    );
    const { items } = await clientOf(server.url, ben).call("conversations.list", {});
    expect(items).toMatchObject([{ lastSeq: 1, lastMessage: { text: "kept", media: [{ width: 1200, height: 900 }] } }]);
  },
  90_000,
);

inBrowser(
  "C17: what one person left unsent is neither shown to the next one nor sent by them",
  async () => {
    const [anna, ben] = await friends();
    await befriend(server.url, ben, anna);
    const carla = await person();
    await befriend(server.url, carla, ben);
    const page = await openPage();
    await start(page, anna);
    await waitFor(page, ben, "loading === false && window.sotto.me.get() !== null", true);
    await page.route("**/v1/**", (route) => route.abort());
    await page.evaluate(() => window.sotto.stop());
    await page.evaluate((personId) => window.sotto.withPerson(personId).send({ text: "only anna's" }), ben.id);
    await Bun.sleep(1_000);
    await page.unroute("**/v1/**");
    await page.reload();
    await start(page, carla);
    await waitFor(page, ben, "maySend?.allowed === true && one.outgoing.length === 0", true);
    await Bun.sleep(1_000);
    const { items } = await clientOf(server.url, ben).call("conversations.list", {});
    expect(items.flatMap((one) => one.lastMessage?.text ?? [])).toEqual([]);
  },
  90_000,
);

inBrowser(
  "C17: two tabs share what is stored, and send it once",
  async () => {
    const [anna, ben] = await friends();
    const page = await openPage();
    await page.route("**/v1/uploads**", (route) => route.abort());
    await start(page, anna);
    await page.evaluate(
      (personId) => window.sotto.withPerson(personId).send({ text: "one tab's", files: [window.photo] }),
      ben.id,
    );
    await waitFor(page, ben, "outgoing[0]?.problem?.code === 'unavailable'");
    const other = await openPage(page);
    await start(other, anna);
    await waitFor(other, ben, "loading === false && one.outgoing.length === 0", true);
    await page.unroute("**/v1/uploads**");
    for (const tab of [page, other])
      await waitFor(tab, ben, "messages.length === 1 && one.outgoing.length === 0", true);
  },
  90_000,
);

inBrowser(
  "without IndexedDB it works as long as the page is there",
  async () => {
    const [anna, ben] = await friends();
    const page = await openPage();
    await page.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: undefined }));
    await page.reload();
    await start(page, anna);
    await page.evaluate((personId) => window.sotto.withPerson(personId).send({ text: "no disk" }), ben.id);
    await waitFor(page, ben, "messages.length === 1 && one.outgoing.length === 0", true);
  },
  90_000,
);

/** A blank page of the server's own origin; with `beside`, in the same browser profile. */
async function openPage(beside?: Page): Promise<Page> {
  const context = beside?.context() ?? (await browser.newContext());
  const page = await context.newPage();
  await page.route("**/blank", (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html><title>sdk</title>" }),
  );
  await page.goto(`${server.url}/blank`);
  return page;
}

async function start(page: Page, who: TestPerson): Promise<void> {
  await page.addScriptTag({ content: script });
  await page.evaluate(
    async ({ token, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      window.photo = new File([bytes], "harbour.jpg", { type: "image/jpeg" });
      window.sotto = window.sottoFor(token);
      window.sotto.start();
    },
    { token: who.token, base64: photo },
  );
}

/** A condition on the state, `one`, of the conversation with somebody; its first word is a field of it. */
async function waitFor(page: Page, who: TestPerson, condition: string, open = false): Promise<void> {
  if (open) await page.evaluate((personId) => void window.sotto.withPerson(personId).open(), who.id);
  const source = `(() => { const one = window.sotto.withPerson(${JSON.stringify(who.id)}).state.get(); return one.${condition}; })()`;
  await until(condition, () => page.evaluate<boolean>(source), 30_000);
}

async function friends(): Promise<[TestPerson, TestPerson]> {
  const pair: [TestPerson, TestPerson] = [await person(), await person()];
  await befriend(server.url, ...pair);
  return pair;
}

function person(): Promise<TestPerson> {
  return signUp(server.url, `person${++count}`);
}

async function bundle(): Promise<string> {
  const built = await Bun.build({
    entrypoints: [fileURLToPath(new URL("./sdk-page.ts", import.meta.url))],
    target: "browser",
    format: "iife",
  });
  return (await built.outputs[0]?.text()) ?? "";
}
