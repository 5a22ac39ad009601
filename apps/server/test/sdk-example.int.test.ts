import { expect, test } from "bun:test";
import { createSotto } from "@sotto/sdk/client.ts";
import { sendFirstPhoto } from "../../../docs/examples/first-photo.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { startTestServer } from "../src/test-server.ts";
import { befriend, clientOf, signUp, until } from "./people.ts";

test("the example of docs/sdk.md is the one that runs, and it works", async () => {
  const docs = new URL("../../../docs/", import.meta.url);
  const [page, example] = await Promise.all(
    ["sdk.md", "examples/first-photo.ts"].map((name) => Bun.file(new URL(name, docs)).text()),
  );
  expect(page).toContain(example?.trim() ?? "");
  await using server = await startTestServer();
  const { url } = server;
  const [anna, ben] = [await signUp(url, "anna"), await signUp(url, "ben")];
  await befriend(url, anna, ben);
  const bens = clientOf(url, ben);
  bens.start();
  const bytes = await drawPhoto({ seed: 5, width: 800, height: 600, exif: true });
  const photo = new File([bytes.slice()], "harbour.jpg");
  const startedMs = Date.now();
  const seq = await sendFirstPhoto({ url, username: "anna", password: "a long enough password", to: "ben", photo });
  await until("ben has it", () => bens.inbox.get().conversations[0]?.lastMessage?.seq === seq);
  console.log(`sign in, upload, send, receive: ${Date.now() - startedMs} ms`);
  const received = bens.inbox.get().conversations[0]?.lastMessage;
  expect(received).toMatchObject({ text: "The harbour, at last", media: [{ kind: "photo", width: 800, height: 600 }] });
  bens.stop();
}, 60_000);

test("C1: without a session, only signing up and in is possible", async () => {
  await using server = await startTestServer();
  const door = createSotto({ url: server.url, credential: { kind: "none" } });
  expect(await door.call("me.get", {}).catch((error) => error.code)).toBe("unauthenticated");
}, 60_000);
