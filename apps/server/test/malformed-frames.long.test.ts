import { afterAll, beforeAll, expect, test } from "bun:test";
import { closeCodes } from "@sotto/protocol/close-codes.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import { inParallel, must, ticketOf } from "./api-kit.ts";
import { inWords, residentMb } from "./bystanders.ts";
import { besieged, type Besieged } from "./process-kit.ts";
import { frame, openRaw, rawLine, upgradeRequest } from "./raw-socket.ts";
import { commandNames, commandOf, makeBelongings, sampleInput, type Belongings } from "./sample-input.ts";

let siege: Besieged;
beforeAll(async () => {
  siege = await besieged("malformed");
}, 60_000);
afterAll(async () => await siege[Symbol.asyncDispose](), 60_000);

/** What the WebSocket layer itself closes with: RFC 6455, 7.4.1. */
const ofTheProtocol = new Set([1000, 1002, 1005, 1006, 1007, 1009]);
const onSocket = commandNames.filter((name) => commandOf(name).over === "both");
/** Below the number of malformed frames that closes a socket. */
const framesPerSocket = limits.malformedFrames - 2;

test("T29 a frame flipped, cut and doubled at every byte, of every command: refused, and nobody else notices", async () => {
  const before = { mb: residentMb(siege.pid), times: await siege.quiet() };
  const tally = { frames: 0, refused: 0, answered: 0, closed: 0 };
  const wrong: string[] = [];
  let mostMb = before.mb;
  await inParallel(onSocket, 3, async (name) => {
    const own = await makeBelongings(siege);
    const bytes = new TextEncoder().encode(JSON.stringify({ id: 7, command: name, input: sampleInput(name, own) }));
    const mutants = mutantsOf(bytes);
    tally.frames += mutants.length;
    const texts = mutants.filter(isUtf8);
    for (let at = 0; at < texts.length; at += framesPerSocket) {
      const outcome = await sendTogether(name, own, texts.slice(at, at + framesPerSocket));
      tally.refused += outcome.refused;
      tally.answered += outcome.answered;
      wrong.push(...outcome.wrong);
    }
    for (const bad of mutants.filter((one) => !isUtf8(one))) {
      using raw = await openRaw(siege.url, own.owner);
      raw.write(frame(bad));
      const code = await raw.closed;
      tally.closed += 1;
      if (!ofTheProtocol.has(code) && code !== 0) wrong.push(`${name}: bytes that are no text closed with ${code}`);
    }
    mostMb = Math.max(mostMb, residentMb(siege.pid));
  });
  const during = siege.calm.take();
  console.log(
    `T29: ${tally.frames} malformed frames of ${onSocket.length} commands: ${tally.refused} refused, ${tally.answered} answered as commands, ${tally.closed} closed as no text, ${wrong.length} wrong; others ${inWords(before.times)} before, ${inWords(during)} during; memory ${before.mb.toFixed(0)} MB before, ${mostMb.toFixed(0)} at most`,
  );
  expect(wrong).toEqual([]);
  expect(siege.calm.failed()).toEqual([]);
  expect(mostMb - before.mb).toBeLessThan(256);
}, 180_000);

test("T29 every first and second byte that a frame can have, and sequences of frames that are none", async () => {
  const before = { mb: residentMb(siege.pid), times: await siege.quiet() };
  const good = frame(JSON.stringify({ id: 1, command: "me.get" }));
  const cases: Record<string, Uint8Array> = { ...sequences() };
  for (const place of [0, 1])
    for (let value = 0; value < 256; value++) cases[`byte ${place} is ${value}`] = good.with(place, value);
  const outcomes = new Map<string, number>();
  const wrong: string[] = [];
  await inParallel(Object.entries(cases), 8, async ([name, bytes]) => {
    using raw = await openRaw(siege.url, siege.world.owner);
    raw.write(bytes);
    const answered = raw.heard((text) => text.includes('"id":1,') || text.includes('"id":null')).then(() => null);
    const code = await Promise.race([raw.closed, answered, Bun.sleep(400).then(() => "silent" as const)]);
    const what = code === null ? (raw.isClosed() ? await raw.closed : "answered") : code;
    outcomes.set(String(what), (outcomes.get(String(what)) ?? 0) + 1);
    if (typeof what === "number" && what !== 0 && !ofTheProtocol.has(what) && what !== closeCodes.malformed)
      wrong.push(`${name}: closed with ${what}`);
  });
  const words = [...outcomes].map(([what, count]) => `${count} ${what}`).join(", ");
  console.log(
    `T29: ${Object.keys(cases).length} broken frames on the wire: ${words}; others ${inWords(before.times)} before, ${inWords(siege.calm.take())} during; memory ${before.mb.toFixed(0)} MB before, ${residentMb(siege.pid).toFixed(0)} after`,
  );
  expect(wrong).toEqual([]);
  expect((await must(siege.url, siege.world.owner, "me.get", {})).id).toBe(siege.world.owner.id);
}, 120_000);

test("T29 a handshake that ends at every byte, and 300 that stay half open", async () => {
  const before = { mb: residentMb(siege.pid), times: await siege.quiet() };
  const whole = upgradeRequest(siege.url, await ticketOf(siege.url, siege.world.owner));
  const text = new TextEncoder().encode(whole);
  const places = Array.from({ length: text.length - 1 }, (_, n) => n + 1);
  let opened = 0;
  await inParallel(places, 16, async (length) => {
    using raw = await rawLine(siege.url);
    raw.write(text.subarray(0, length));
    raw.tcp.end();
    await Promise.race([raw.closed, Bun.sleep(1_000)]);
    if (raw.texts.length > 0) opened += 1;
  });
  const halves = await inParallel(Array.from({ length: 300 }), 16, async (_, n) => {
    const raw = await rawLine(siege.url);
    raw.write(text.subarray(0, 1 + ((n * 7) % (text.length - 2))));
    return raw;
  });
  await Bun.sleep(500);
  const during = siege.calm.take();
  for (const raw of halves) raw[Symbol.dispose]();
  console.log(
    `T29: ${places.length} handshakes cut at each byte, ${opened} opened; 300 half open; others ${inWords(before.times)} before, ${inWords(during)} during; memory ${before.mb.toFixed(0)} MB before, ${residentMb(siege.pid).toFixed(0)} after`,
  );
  expect(opened).toBe(0);
  expect(siege.calm.failed()).toEqual([]);
}, 120_000);

/** Each byte with one bit turned, everything before it alone, and itself twice. */
function mutantsOf(bytes: Uint8Array): Uint8Array[] {
  return [...bytes.keys()].flatMap((at) => [
    bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8))),
    bytes.slice(0, at),
    Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(at)]),
  ]);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** On one socket, each as a frame of its own, and a good one after them, which has to be answered. */
async function sendTogether(name: CommandName, own: Belongings, texts: readonly Uint8Array[]) {
  using raw = await openRaw(siege.url, own.owner);
  for (const text of texts) raw.write(frame(text));
  raw.write(frame(JSON.stringify({ id: 1_000_001, command: "me.get" })));
  const last = await raw.heard((text) => text.includes('"id":1000001,'));
  const answers = raw.texts.filter((text) => !text.includes('"hello"') && !text.startsWith('{"event"'));
  const refused = answers.filter((text) => text.startsWith('{"id":null')).length;
  const faults = answers.filter((text) => /"code":"(internal|unavailable)"/.test(text));
  const wrong = [
    ...(last === null ? [`${name}: closed with ${await raw.closed} after ${texts.length} frames`] : []),
    ...faults.map((text) => `${name}: ${text.slice(0, 120)}`),
  ];
  return { refused, answered: answers.length - refused - 1, wrong };
}

/** What RFC 6455 forbids, or what only costs memory. */
function sequences(): Record<string, Uint8Array> {
  const hello = JSON.stringify({ id: 1, command: "me.get" });
  const many = (count: number, one: Uint8Array) => Buffer.concat(Array.from({ length: count }, () => one));
  return {
    "no mask": frame(hello, { masked: false }),
    "says it is compressed": frame(hello, { reserved: 0x40 }),
    binary: frame(hello, { opcode: 2 }),
    "a continuation of nothing": frame(hello, { opcode: 0 }),
    "a text inside a text": Buffer.concat([frame("{", { fin: false }), frame(hello)]),
    "fragments, rightly": Buffer.concat([
      frame(hello.slice(0, 5), { fin: false }),
      frame(hello.slice(5, 9), { fin: false, opcode: 0 }),
      frame(hello.slice(9), { opcode: 0 }),
    ]),
    "fragments of a character": Buffer.concat([
      frame(new Uint8Array([0x22, 0xc3]), { fin: false }),
      frame(new Uint8Array([0xa9, 0x22]), { opcode: 0 }),
    ]),
    "a ping in fragments": frame("x", { opcode: 9, fin: false }),
    "a ping of 126 bytes": frame(new Uint8Array(126), { opcode: 9 }),
    "2,000 pings": many(2_000, frame(new Uint8Array(125), { opcode: 9 })),
    "a pong that nobody asked for": frame("x", { opcode: 10 }),
    "a close of one byte": frame(new Uint8Array([3]), { opcode: 8 }),
    "a close with a code of none": frame(new Uint8Array([0, 0]), { opcode: 8 }),
    "a close with words that are no text": frame(new Uint8Array([3, 232, 0xff]), { opcode: 8 }),
    "says it has 2^63 bytes": frame(hello, { claimedLength: 2n ** 63n }),
    "says it has 2^64-1 bytes": frame(hello, { claimedLength: 2n ** 64n - 1n }),
    "says it has one byte more than may be": frame(hello, { claimedLength: BigInt(limits.requestBytes + 1) }),
    "a short length, written long": Buffer.concat([
      new Uint8Array([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, hello.length, 0, 0, 0, 0]),
      new TextEncoder().encode(hello),
    ]),
    "empty fragments without end": Buffer.concat([
      frame("{", { fin: false }),
      many(20_000, frame("", { fin: false, opcode: 0 })),
    ]),
    "fragments beyond what one frame may have": Buffer.concat([
      frame("x".repeat(60_000), { fin: false }),
      many(10, frame("x".repeat(60_000), { fin: false, opcode: 0 })),
    ]),
    "nested as deep as a frame goes": frame("[".repeat(limits.requestBytes - 10)),
    "objects nested as deep as a frame goes": frame('{"a":'.repeat(25_000)),
    "a frame of NULs": frame(new Uint8Array(1_000)),
    "a byte order mark": frame(`\ufeff${hello}`),
  };
}
