import { afterAll, beforeAll, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { befriend, clientOf, signUp, until, type TestPerson } from "../../apps/server/test/people.ts";
import { drawPhoto } from "../../apps/server/src/media/drawn-photo.ts";
import { startTestServer, type TestServer } from "../../apps/server/src/test-server.ts";
import type { Sotto } from "@sotto/sdk/interface.ts";
import { findBrowser, launchBrowser } from "./browser.ts";
import { countOutbox, leaveAsVersionOne, stored } from "./device-store.ts";
import { cutOff } from "./outage.ts";

/** The SDK in a real browser, where it keeps its outbox and its last view in IndexedDB. */
declare global {
  interface Window {
    sottoFor(token: string): Sotto;
    sotto: Sotto;
    waits: { saveMs: number; uploadStallMs: number };
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
const timeoutMs = 90_000;
/** Besides the page itself. */
const everythingElse = /\/v1\/(?!limits)/;

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
    const mend = await cutOff(page, "**/v1/uploads**");
    await start(page, anna);
    await write(page, ben, { text: "kept", photo: true });
    await waitFor(page, ben, "outgoing.length === 1 && one.outgoing[0].problem?.code === 'unavailable'");
    await page.reload();
    await start(page, anna);
    await waitFor(page, ben, "outgoing.length === 1 && one.outgoing[0].attachments[0].file.size > 1000");
    mend();
    await open(page, ben);
    await waitFor(page, ben, "outgoing.length === 0 && one.messages[0]?.media.length === 1");
    const { items } = await clientOf(server.url, ben).call("conversations.list", {});
    expect(items).toMatchObject([{ lastSeq: 1, lastMessage: { text: "kept", media: [{ width: 1200, height: 900 }] } }]);
  },
  timeoutMs,
);

for (const [held, asked] of [
  ["POST", ["POST", "POST"]],
  ["PATCH", ["POST", "PATCH", "HEAD", "PATCH"]],
] as const)
  inBrowser(
    `C31: an upload that stands still in its ${held} is tried again, from what the server has, and is sent once`,
    async () => {
      const [anna, ben] = await friends();
      const page = await openPage();
      const methods: string[] = [];
      await page.route("**/v1/uploads**", (route) => {
        const method = route.request().method();
        methods.push(method);
        // Neither answered nor refused.
        return method === held && methods.filter((one) => one === held).length === 1 ? undefined : route.fallback();
      });
      await start(page, anna);
      await page.evaluate(() => void (window.waits.uploadStallMs = 4_000));
      if (held === "PATCH") await page.evaluate(takeLargePhoto);
      await open(page, ben);
      await write(page, ben, { text: "kept", photo: true });
      await waitFor(page, ben, "outgoing.length === 0 && one.messages[0]?.media.length === 1");
      expect(methods).toEqual([...asked]);
      const { items } = await clientOf(server.url, ben).call("conversations.list", {});
      expect(items).toMatchObject([{ lastSeq: 1, lastMessage: { text: "kept" } }]);
    },
    timeoutMs,
  );

inBrowser(
  "C17: what one person left unsent is neither shown to the next one nor sent by them",
  async () => {
    const [anna, ben] = await friends();
    const carla = await person();
    await befriend(server.url, carla, ben);
    const page = await openPage();
    await start(page, anna);
    await waitFor(page, ben, "loading === false && window.sotto.me.get() !== null");
    const mend = await cutOff(page, everythingElse);
    await page.evaluate(() => window.sotto.stop());
    await write(page, ben, { text: "only anna's" });
    // A page that ends at once may lose its last write: that is the browser's.
    await Bun.sleep(300);
    await page.reload();
    await start(page, anna);
    await waitFor(page, ben, "outgoing.length === 1");
    await page.reload();
    mend();
    await start(page, carla);
    await open(page, ben);
    await waitFor(
      page,
      ben,
      "maySend?.allowed === true && window.sotto.me.get()?.username === '" + carla.username + "'",
    );
    await waitFor(page, ben, "outgoing.length === 0");
    await Bun.sleep(500);
    const { items } = await clientOf(server.url, ben).call("conversations.list", {});
    expect(items.flatMap((one) => one.lastMessage?.text ?? [])).toEqual([]);
  },
  timeoutMs,
);

inBrowser(
  "C17: two tabs share what is stored, and one of them works on it",
  async () => {
    const [anna, ben] = await friends();
    const page = await openPage();
    const mend = await cutOff(page.context(), "**/v1/uploads**");
    await start(page, anna);
    await write(page, ben, { text: "one tab's", photo: true });
    await waitFor(page, ben, "outgoing[0]?.problem?.code === 'unavailable'");
    const other = await openPage(page);
    await start(other, anna);
    await open(other, ben);
    await waitFor(other, ben, "loading === false && window.sotto.connection.get().is === 'online'");
    await waitFor(other, ben, "outgoing.length === 0");
    mend();
    await open(page, ben);
    for (const tab of [page, other]) await waitFor(tab, ben, "messages.length === 1 && one.outgoing.length === 0");
    const rows = await server.database.sql`select id from media where owner_id = ${anna.id}`;
    expect(rows).toHaveLength(1);
  },
  timeoutMs,
);

inBrowser(
  "C17: what a closed tab left is sent by the one that stays open",
  async () => {
    const [anna, ben] = await friends();
    const page = await openPage();
    const stays = await openPage(page);
    await cutOff(page, "**/v1/uploads**");
    await start(page, anna);
    await write(page, ben, { text: "left behind", photo: true });
    await waitFor(page, ben, "outgoing[0]?.problem?.code === 'unavailable'");
    await start(stays, anna);
    await open(stays, ben);
    await waitFor(stays, ben, "loading === false && window.sotto.connection.get().is === 'online'");
    await page.close();
    await waitFor(stays, ben, "messages[0]?.text === 'left behind' && one.outgoing.length === 0");
  },
  timeoutMs,
);

inBrowser(
  "without IndexedDB it works as long as the page is there",
  async () => {
    const [anna, ben] = await friends();
    const page = await openPage();
    await page.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: undefined }));
    await page.reload();
    await start(page, anna);
    await open(page, ben);
    await write(page, ben, { text: "no disk" });
    await waitFor(page, ben, "messages.length === 1 && one.outgoing.length === 0");
  },
  timeoutMs,
);

inBrowser(
  "C17: a reaction, a hidden message and a draft that were made without a network survive a reload, and are told once",
  async () => {
    const [anna, ben] = await friends();
    const bens = clientOf(server.url, ben);
    const send = (text: string) =>
      bens.call("messages.sendToPerson", { personId: anna.id, clientId: crypto.randomUUID(), text });
    const { conversation } = await send("look");
    await send("never mind");
    const page = await openPage();
    await start(page, anna);
    await open(page, ben);
    await waitFor(page, ben, "messages.length === 2 && window.sotto.me.get() !== null");
    // What is held is stored half a second after it changed.
    await Bun.sleep(800);
    const mend = await cutOff(page, everythingElse);
    await page.evaluate((personId) => {
      window.sotto.stop();
      const handle = window.sotto.withPerson(personId);
      const [first, second] = handle.state.get().messages;
      void handle.react(first?.id ?? "", "👍");
      void handle.hide([second?.id ?? ""]);
      handle.saveDraft("and then");
    }, ben.id);
    await waitFor(page, ben, "messages.length === 1 && one.messages[0].reactions?.[0]?.mine === true");
    await Bun.sleep(300);
    await page.reload();
    await start(page, anna);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    await open(page, ben);
    await waitFor(page, ben, "messages.length === 1 && one.messages[0].reactions?.[0]?.mine === true");
    await waitFor(page, ben, "draft?.text === 'and then'");
    mend();
    await waitFor(page, ben, "waiting.length === 0 && window.sotto.connection.get().is === 'online'");
    const annas = clientOf(server.url, anna);
    const conversationId = conversation.id;
    const list = async () => (await annas.call("messages.list", { conversationId })).items;
    // `waiting` names messages that are shown: a hidden one may still be on its way.
    await until("it is hidden there", async () => (await list()).length === 1);
    expect(await list()).toMatchObject([{ text: "look", reactions: [{ emoji: "👍", count: 1, mine: true }] }]);
    await until("the draft is there", async () => {
      const answer = await annas.call("conversations.get", { conversationId });
      return answer.conversation.draft?.text === "and then";
    });
  },
  timeoutMs,
);

inBrowser(
  "R9, R21: when a session is ended elsewhere, its tabs hold nothing that the server has, one without a network neither",
  async () => {
    const [anna, ben] = await friends();
    await clientOf(server.url, ben).call("messages.sendToPerson", { personId: anna.id, clientId: "a", text: "canary" });
    const page = await openPage();
    const offline = await openPage(page);
    for (const tab of [page, offline]) {
      await start(tab, anna);
      await tab.evaluate(() => void (window.waits.saveMs = 20));
      await open(tab, ben);
      await waitFor(tab, ben, "messages.length === 1");
    }
    await until("it is stored", async () => (await stored(page, device())).split("canary").length > 2);
    const mend = await cutOff(offline, everythingElse);
    await offline.evaluate(() => {
      window.sotto.stop();
      window.sotto.start();
    });
    await waitFor(offline, ben, "messages.length === 1 && window.sotto.connection.get().is === 'offline'");
    const annas = clientOf(server.url, anna);
    const { items } = await annas.call("sessions.list", {});
    await annas.call("sessions.revoke", { sessionId: items[0]?.id ?? "" });
    for (const tab of [page, offline])
      await waitFor(tab, ben, "messages.length === 0 && window.sotto.me.get() === null");
    expect(await page.evaluate(() => window.sotto.connection.get().is)).toBe("signed_out");
    await write(offline, ben, { text: "later" });
    await Bun.sleep(100);
    const left = await stored(page, device());
    expect(left).not.toContain("canary");
    expect(JSON.parse(left)).toMatchObject([[{ text: "later", senderId: anna.id }], [], [], []]);
    mend();
    await waitFor(offline, ben, "outgoing.length === 1 && window.sotto.connection.get().is === 'signed_out'");
  },
  timeoutMs,
);

inBrowser(
  "C17: what the version before left unsent on the device is sent by this one",
  async () => {
    const [anna, ben] = await friends();
    const page = await openPage();
    await page.evaluate(leaveAsVersionOne, { name: device(), senderId: anna.id, personId: ben.id });
    await start(page, anna);
    await open(page, ben);
    await waitFor(page, ben, "outgoing.length === 0 && one.messages[0]?.text === 'from before'");
    await until("nothing is left on the device", () => page.evaluate(countOutbox, device()).then((n) => n === 0));
  },
  timeoutMs,
);

/** A page that the server itself answered: one that the test makes up may not open sockets to this machine. */
async function openPage(beside?: Page): Promise<Page> {
  const context = beside?.context() ?? (await browser.newContext({ bypassCSP: true }));
  const page = await context.newPage();
  await page.goto(`${server.url}/v1/limits`);
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

/** Runs in the page: noise, which is too much for the first request. */
async function takeLargePhoto(): Promise<void> {
  const [width, height] = [1600, 1200];
  const canvas = new OffscreenCanvas(width, height);
  const noise = new ImageData(width, height);
  for (let at = 0; at < noise.data.length; at += 1) noise.data[at] = at % 4 === 3 ? 255 : Math.random() * 256;
  canvas.getContext("2d")?.putImageData(noise, 0, 0);
  window.photo = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
}

async function write(page: Page, to: TestPerson, message: { text: string; photo?: true }): Promise<void> {
  await page.evaluate(
    ({ personId, text, withPhoto }) => {
      window.sotto.withPerson(personId).send({ text, files: withPhoto ? [window.photo] : [] });
    },
    { personId: to.id, text: message.text, withPhoto: message.photo === true },
  );
}

function open(page: Page, who: TestPerson): Promise<void> {
  return page.evaluate((personId) => void window.sotto.withPerson(personId).open(), who.id);
}

/** A condition on the state, `one`, of the conversation with somebody; its first word is a field of it. */
async function waitFor(page: Page, who: TestPerson, condition: string): Promise<void> {
  const state = `window.sotto.withPerson(${JSON.stringify(who.id)}).state.get()`;
  const source = `(() => { const one = ${state}; return one.${condition}; })()`;
  try {
    await until(condition, () => page.evaluate<boolean>(source), 30_000);
  } catch (error) {
    console.log(await page.evaluate<string>(`JSON.stringify([${state}, window.sotto.connection.get()])`));
    throw error;
  }
}

async function friends(): Promise<[TestPerson, TestPerson]> {
  const pair: [TestPerson, TestPerson] = [await person(), await person()];
  await befriend(server.url, ...pair);
  return pair;
}

/** The name of the database that the SDK keeps in the browser. */
function device(): string {
  return `sotto ${server.url}`;
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
