import { expect, test } from "bun:test";
import type { ErrorCode } from "@sotto/protocol/errors.ts";
import { localError, SottoError } from "./error.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import { afterFault } from "./outbox-fault.ts";
import { memoryStorage } from "./store/memory.ts";
import type { Storage, StoredOutgoing } from "./store/storage.ts";

const target = { conversationId: "c" };

test("R13: answers that get lost leave one copy each, in the order of writing", async () => {
  const server = receiver({ loseAnswers: [0, 2, 3] });
  const outbox = createOutbox({ send: server.send });
  outbox.enable("me");
  const ids = ["one", "two", "three"].map((text) => outbox.add({ target, text, files: [] }));
  await until(
    () => outbox.outgoing(() => true).length === 0,
    () => outbox.enable("me"),
  );
  expect(server.log).toEqual(ids);
  expect(server.attempts()).toBeGreaterThan(3);
});

test("R13: a client that dies between send and answer sends the same message again, with the same medium", async () => {
  const storage = memoryStorage();
  const sent: StoredOutgoing[] = [];
  const first = createOutbox({
    storage,
    send: (one) => (sent.push(structuredClone(one)), new Promise(() => undefined)),
  });
  first.enable("me");
  first.add({ target, text: "look", files: [new Blob(["bytes"])] });
  await until(() => sent.length === 1);
  let uploads = 0;
  const send = async (one: StoredOutgoing) => void sent.push(structuredClone(one));
  const second = createOutbox({ storage, send, bringMedia: async ({ mediaId }) => mediaId ?? `new ${uploads++}` });
  await second.restore((await storage.outbox.all()).map(([, one]) => one));
  second.enable("me");
  await until(() => sent.length === 2);
  const identity = (one: StoredOutgoing | undefined) => [one?.clientId, one?.text, one?.attachments[0]?.mediaId];
  expect(identity(sent[1])).toEqual(identity(sent[0]));
  expect(uploads).toBe(0);
  await until(() => second.outgoing(() => true).length === 0);
  expect(await storage.outbox.all()).toEqual([]);
});

test("a refusal keeps the message with its reason and lets the next one pass; retry sends it", async () => {
  let closed = true;
  const sent: string[] = [];
  const send = async ({ text }: StoredOutgoing) => {
    if (text === "first" && closed) throw localError("not_accepting");
    sent.push(text);
  };
  const outbox = createOutbox({ send });
  outbox.enable("me");
  const first = outbox.add({ target, text: "first", files: [] });
  outbox.add({ target, text: "second", files: [] });
  await until(() => sent.length === 1);
  const [kept, ...others] = outbox.outgoing(() => true);
  expect(kept).toMatchObject({ clientId: first, text: "first", state: "failed", problem: { code: "not_accepting" } });
  expect(others).toEqual([]);
  closed = false;
  outbox.retry(first);
  await until(() => sent.length === 2);
  expect(sent).toEqual(["second", "first"]);
});

test("R25: rate_limited waits until the time it names, then sends", async () => {
  const startedMs = Date.now();
  let sentMs = 0;
  const retryAt = new Date(startedMs + 300).toISOString();
  const send = async () => {
    if (Date.now() < startedMs + 300) throw new SottoError({ ...localError("rate_limited").problem, retryAt });
    sentMs = Date.now();
  };
  const outbox = createOutbox({ send });
  outbox.enable("me");
  outbox.add({ target, text: "quick", files: [] });
  await until(() => outbox.outgoing(() => true)[0]?.problem?.code === "rate_limited");
  await until(() => sentMs > 0);
  console.log(`waited ${sentMs - startedMs} ms of 300`);
});

test("cancel stops the upload, and what follows is sent", async () => {
  const sent: string[] = [];
  const bringMedia: OutboxOptions["bringMedia"] = (_attachment, { signal }) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const outbox = createOutbox({ bringMedia, send: async ({ text }) => void sent.push(text) });
  outbox.enable("me");
  const photo = outbox.add({ target, text: "photo", files: [new Blob(["x"])] });
  outbox.add({ target, text: "after", files: [] });
  await until(() => outbox.outgoing(() => true)[0]?.state === "uploading");
  outbox.cancel(photo);
  await until(() => sent.length === 1);
  expect(sent).toEqual(["after"]);
});

test("nothing is sent before the session's person is known, nor after signing out", async () => {
  const sent: string[] = [];
  const outbox = createOutbox({ send: async ({ text }) => void sent.push(text) });
  outbox.add({ target, text: "early", files: [] });
  await Bun.sleep(20);
  expect(sent).toEqual([]);
  outbox.enable("me");
  await until(() => sent.length === 1);
  const refusing = createOutbox({ send: () => Promise.reject(localError("unauthenticated")) });
  refusing.enable("me");
  refusing.add({ target, text: "late", files: [] });
  await until(() => refusing.outgoing(() => true)[0]?.problem?.code === "unauthenticated");
  expect(refusing.outgoing(() => true)[0]?.state).toBe("queued");
});

test("C31: stopping stops the upload, and the next client goes on from its address", async () => {
  const storage = memoryStorage();
  const bringMedia: OutboxOptions["bringMedia"] = (_attachment, { signal, onUrl }) => {
    onUrl("https://dm.example/v1/uploads/7");
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  const first = createOutbox({ storage, bringMedia, send: async () => undefined });
  first.enable("me");
  first.add({ target, text: "photo", files: [new Blob(["x"])] });
  await until(() => first.outgoing(() => true)[0]?.state === "uploading");
  first.disable();
  await until(() => first.outgoing(() => true)[0]?.state === "queued");
  expect(first.outgoing(() => true)[0]?.problem).toBeUndefined();
  const resumedAt: (string | undefined)[] = [];
  const second = createOutbox({
    storage,
    bringMedia: async ({ uploadUrl }) => (resumedAt.push(uploadUrl), "m"),
    send: async () => undefined,
  });
  await second.restore((await storage.outbox.all()).map(([, one]) => one));
  second.enable("me");
  await until(() => second.outgoing(() => true).length === 0);
  expect(resumedAt).toEqual(["https://dm.example/v1/uploads/7"]);
});

test("what each fault means for a message", () => {
  const at = { attempt: 0, nowMs: 0, toLocalMs: Date.parse };
  const after = (code: ErrorCode, attempt = 0, retryAtMs?: number) => {
    const retryAt = retryAtMs === undefined ? {} : { retryAt: new Date(retryAtMs).toISOString() };
    return afterFault({ ...localError(code).problem, ...retryAt }, { ...at, attempt }).is;
  };
  expect(after("unavailable", 99)).toBe("wait");
  expect(after("internal", 0)).toBe("wait");
  expect(after("internal", 4)).toBe("failed");
  expect(after("storage_full", 4)).toBe("failed");
  expect(after("rate_limited", 0, 5_000)).toBe("wait");
  expect(after("rate_limited", 0, 3_600_000)).toBe("failed");
  expect(after("request_waiting")).toBe("failed");
  expect(after("not_accepting")).toBe("failed");
  expect(after("conflict")).toBe("failed");
  expect(after("unauthenticated")).toBe("signed_out");
});

/** A server that remembers client ids (R13), behind a line that loses some of its answers. */
function receiver(options: { loseAnswers: number[] }) {
  const log: string[] = [];
  let attempt = 0;
  const send = async ({ clientId }: StoredOutgoing) => {
    if (!log.includes(clientId)) log.push(clientId);
    if (options.loseAnswers.includes(attempt++)) throw localError("unavailable");
  };
  return { log, send, attempts: () => attempt };
}

function createOutbox(options: {
  storage?: Storage;
  send: OutboxOptions["send"];
  bringMedia?: OutboxOptions["bringMedia"];
}): Outbox {
  return new Outbox({
    storage: options.storage ?? memoryStorage(),
    ownerId: "this tab",
    senderId: () => "me",
    laneOf: ({ conversationId = "" }) => conversationId,
    bringMedia: options.bringMedia ?? (async (_attachment, { onUploaded }) => (onUploaded("m1"), "m1")),
    send: options.send,
    dropMedia: () => undefined,
    toLocalMs: Date.parse,
    onChange: () => undefined,
  });
}

async function until(condition: () => boolean, nudge: () => void = () => undefined): Promise<void> {
  const giveUpMs = Date.now() + 4_000;
  while (!condition()) {
    if (Date.now() > giveUpMs) throw new Error(`never: ${condition.toString()}`);
    nudge();
    await Bun.sleep(5);
  }
}
