import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ConversationHandle, Sotto } from "@sotto/sdk/interface.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { cutLine } from "./cut-line.ts";
import { befriend, clientOf, signUp, until, type TestPerson } from "./people.ts";

let server: TestServer;
let photo: File;
const running: Sotto[] = [];

beforeAll(async () => {
  server = await startTestServer();
  photo = new File([(await drawPhoto({ seed: 6, width: 4000, height: 3000, exif: true })).slice()], "harbour.jpg");
}, 60_000);
afterAll(async () => {
  for (const sotto of running) sotto.stop();
  await server.stop();
}, 60_000);

test("C31: an upload that is cut twice goes on where it stopped, and makes one photo", async () => {
  const [anna, ben] = await friends("resume");
  await using line = await cutLine(server.url);
  const toBen = started(line.url, anna).withPerson(ben.id);
  await toBen.open();
  const steps: number[] = [];
  toBen.state.subscribe(() => steps.push(toBen.state.get().outgoing[0]?.attachments[0]?.uploadedBytes ?? 0));
  line.cutAfter(1.6e6);
  toBen.send({ text: "large", files: [photo] });
  await until("the first cut", () => line.sentBytes() > 1.5e6);
  line.cutAfter(0.8e6);
  await until("sent", () => toBen.state.get().messages.length === 1 && idle(toBen), 40_000);
  const extra = line.sentBytes() - photo.size;
  console.log(`${photo.size} bytes of photo, ${extra} bytes besides, ${new Set(steps).size} steps of progress`);
  expect(extra).toBeLessThan(photo.size / 2);
  expect(toBen.state.get().messages[0]?.media).toMatchObject([{ width: 4000, height: 3000 }]);
  expect(await mediaOf(anna)).toEqual(["ready"]);
}, 60_000);

test("C31: cancelled on the way, nothing is sent and nothing stays on the server", async () => {
  const [anna, ben] = await friends("cancel");
  await using line = await cutLine(server.url);
  const toBen = started(line.url, anna).withPerson(ben.id);
  await toBen.open();
  line.cutAfter(1.6e6);
  const clientId = toBen.send({ text: "never", files: [photo] });
  toBen.send({ text: "this one" });
  await until("the better part is there", () => line.sentBytes() > 1.5e6);
  expect(await mediaOf(anna)).toEqual(["uploading"]);
  toBen.cancel(clientId);
  await until("the next one is sent", () => toBen.state.get().messages[0]?.text === "this one" && idle(toBen));
  await until("the upload is dropped", async () => (await mediaOf(anna)).length === 0);
}, 60_000);

test("what is not a photo fails for good, with its reason, and everything kept", async () => {
  const [anna, ben] = await friends("refused");
  const toBen = started(server.url, anna).withPerson(ben.id);
  await toBen.open();
  const notes = new File(["only words"], "notes.txt");
  toBen.send({ text: "my notes", files: [notes] });
  await until("refused", () => toBen.state.get().outgoing[0]?.state === "failed");
  expect(toBen.state.get().outgoing[0]).toMatchObject({
    text: "my notes",
    problem: { code: "unsupported_media" },
    attachments: [{ name: "notes.txt", phase: "failed" }],
  });
  const upload = clientOf(server.url, anna).upload(new File([], "empty.jpg"));
  expect(await upload.catch((error) => error.code)).toBe("damaged_media");
}, 60_000);

test("R25: faster than the limit allows, everything still arrives once and in order", async () => {
  await using strict = await startTestServer({ limits: { sendsPerSecond: 5 } });
  const [anna, ben] = [await signUp(strict.url, "fast"), await signUp(strict.url, "slow")];
  await befriend(strict.url, anna, ben);
  const toBen = started(strict.url, anna).withPerson(ben.id);
  await toBen.open();
  const texts = Array.from({ length: 18 }, (_, n) => `quick ${n}`);
  for (const text of texts) toBen.send({ text });
  await until("a wait", () => toBen.state.get().outgoing[0]?.problem?.code === "rate_limited");
  await until("all sent", () => idle(toBen), 30_000);
  expect(toBen.state.get().messages.map((one) => one.text)).toEqual(texts);
}, 60_000);

async function mediaOf(who: TestPerson): Promise<string[]> {
  const rows: { state: string }[] = await server.database.sql`select state from media where owner_id = ${who.id}`;
  return rows.map((row) => row.state);
}

async function friends(name: string): Promise<[TestPerson, TestPerson]> {
  const pair: [TestPerson, TestPerson] = [await signUp(server.url, `${name}.a`), await signUp(server.url, `${name}.b`)];
  await befriend(server.url, ...pair);
  return pair;
}

function started(url: string, who: TestPerson): Sotto {
  const sotto = clientOf(url, who);
  running.push(sotto);
  sotto.start();
  return sotto;
}

function idle(handle: ConversationHandle): boolean {
  return handle.state.get().outgoing.length === 0;
}
