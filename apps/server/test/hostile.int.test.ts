import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { closeCodes } from "@sotto/protocol/close-codes.ts";
import { limits } from "@sotto/protocol/limits.ts";
import { paths, type CommandName } from "@sotto/protocol/paths.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, inParallel, must, openSocket, rawRequest, toHttp, type TestSocket } from "./api-kit.ts";
import { hostileCursors, hostileJson, naughtyStrings } from "./hostile-values.ts";
import {
  commandNames,
  endsCaller,
  commandOf,
  fieldsOf,
  kindOf,
  makeBelongings,
  sampleInput,
  signedUp,
  type Belongings,
} from "./sample-input.ts";
import { signUp } from "./people.ts";

let server: TestServer;
let world: Belongings;
beforeAll(async () => {
  server = await startTestServer();
  world = await makeBelongings(server);
  await signUp(server.url, signedUp);
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

/** Whatever came before, the server answers and the session lives. */
afterEach(async () => {
  expect((await rawRequest(server.url, { method: "GET", path: "/readyz" })).status).toBe(200);
  expect((await must(server.url, world.owner, "me.get", {})).id).toBe(world.owner.id);
});

/** Each command in a world of its own, so that what one did (a block, say) does not shield the next. */
async function eachInItsWorld(
  names: readonly CommandName[],
  work: (name: CommandName, world: Belongings, socket: TestSocket) => Promise<void>,
): Promise<void> {
  for (const name of names) {
    const own = await makeBelongings(server);
    using socket = await openSocket(server.url, own.owner);
    await work(name, own, socket);
  }
}

/** A fault of ours, whatever it is called. A refusal of the client's is not one. */
const faults = new Set(["internal", "unavailable"]);
const onSocket = commandNames.filter((name) => commandOf(name).over === "both");

test("T27 every field of every command on the socket, with what it does not expect: no fault", async () => {
  const failed: string[] = [];
  let attempts = 0;
  await eachInItsWorld(onSocket, async (name, own, socket) => {
    const pairs = fieldsOf(name).flatMap((field) => hostileJson.map((json) => ({ field, json })));
    attempts += pairs.length;
    await inParallel(pairs, 16, async ({ field, json }) => {
      const { error } = await socket.call(name, JSON.parse(replaced(name, own, field, json)));
      if (error && faults.has(error.code)) failed.push(`${name}.${field} = ${json.slice(0, 60)}: ${error.code}`);
    });
  });
  console.log(`T27: ${attempts} fields with hostile values on the socket, ${failed.length} faults`);
  expect(failed).toEqual([]);
});

test("T27 every field of every command over HTTP, in address, query and body: no 500", async () => {
  const failed: string[] = [];
  let attempts = 0;
  await eachInItsWorld(
    commandNames.filter((name) => !endsCaller.has(name)),
    async (name, own) => {
      const pairs = fieldsOf(name)
        .flatMap((field) => hostileJson.map((json) => ({ field, json })))
        // A password takes 50 ms to judge, and any name is a good one.
        .filter(
          ({ field }, index) =>
            !name.startsWith("auth.") || field === "password" || field === "username" || index % 6 === 0,
        );
      attempts += pairs.length;
      await inParallel(pairs, 8, async ({ field, json }) => {
        const request = toHttp(name, JSON.parse(replaced(name, own, field, json)));
        const { status } = await rawRequest(server.url, { ...request, token: own.owner.token });
        if (status >= 500) failed.push(`${name}.${field} = ${json.slice(0, 60)}: ${status}`);
      });
    },
  );
  console.log(`T27: ${attempts} fields with hostile values over HTTP, ${failed.length} answers of 500 and more`);
  expect(failed).toEqual([]);
}, 120_000);

test("T27 naughty strings in every string of every command: no fault", async () => {
  const { strings, from } = naughtyStrings();
  const failed: string[] = [];
  let attempts = 0;
  await eachInItsWorld(onSocket, async (name, own, socket) => {
    const fields = fieldsOf(name).filter((field) => kindOf(name, field) === "string");
    const pairs = fields.flatMap((field) => strings.map((text) => ({ field, text })));
    attempts += pairs.length;
    await inParallel(pairs, 32, async ({ field, text }) => {
      const { error } = await socket.call(name, { ...sampleInput(name, own), [field]: text });
      if (error && faults.has(error.code))
        failed.push(`${name}.${field} = ${JSON.stringify(text).slice(0, 60)}: ${error.code}`);
    });
  });
  console.log(`T27: ${attempts} naughty strings from ${from}, ${failed.length} faults`);
  expect(failed).toEqual([]);
}, 120_000);

test("T27 R13 R14 an id in capitals is the same id: no fault, no gap, no second message", async () => {
  const failed: string[] = [];
  let attempts = 0;
  await eachInItsWorld(onSocket, async (name, own, socket) => {
    for (const field of fieldsOf(name).filter((one) => /Ids?$/.test(one) && one !== "clientId")) {
      const input = sampleInput(name, own);
      if (!(field in input)) continue;
      const capitals = JSON.parse(JSON.stringify(input[field]).toUpperCase());
      const { error } = await socket.call(name, { ...input, [field]: capitals });
      attempts += 1;
      if (error) failed.push(`${name}.${field}: ${error.code}`);
    }
  });
  const { owner, conversationId } = await makeBelongings(server);
  using socket = await openSocket(server.url, owner);
  const ids = [conversationId, conversationId.toUpperCase()];
  const answers = await Promise.all(
    Array.from(
      { length: 60 },
      async (_, n) =>
        await socket.call("messages.send", { conversationId: ids[n % 2], clientId: `c${n >> 2}`, text: "x" }),
    ),
  );
  failed.push(...answers.flatMap(({ error }) => (error ? [`a send among others: ${error.code}`] : [])));
  const rows = await server.database
    .sql`select seq::int as seq from messages where conversation_id = ${conversationId} order by seq`;
  const [{ last }] = await server.database
    .sql`select last_seq::int as last from conversations where id = ${conversationId}`;
  console.log(
    `T27: ${attempts + answers.length} commands with ids in capitals, ${failed.length} refused or failed; ${rows.length} of ${last} numbers taken`,
  );
  expect(failed).toEqual([]);
  expect(rows.map((row: { seq: number }) => row.seq)).toEqual(Array.from({ length: last }, (_, n) => n + 1));
  expect(rows).toHaveLength(16);
});

test("T27 cursors that nobody gave out: no fault", async () => {
  const failed: string[] = [];
  let attempts = 0;
  await eachInItsWorld(
    onSocket.filter((name) => fieldsOf(name).includes("cursor")),
    async (name, own, socket) => {
      const cursors = hostileCursors();
      attempts += cursors.length;
      await inParallel(cursors, 16, async (cursor) => {
        const { error } = await socket.call(name, { ...sampleInput(name, own), cursor });
        if (error && faults.has(error.code))
          failed.push(`${name} with ${Buffer.from(cursor, "base64url").toString()}: ${error.code}`);
      });
    },
  );
  console.log(`T27: ${attempts} forged cursors, ${failed.length} faults`);
  expect(failed).toEqual([]);
});

test("T27 addresses, bodies and content types that are none: no 500", async () => {
  const failed: string[] = [];
  let attempts = 0;
  // The owner's own session may not go.
  const ids = [
    "%00",
    "%ff",
    "%c0%80",
    "%",
    "%zz",
    "..%2f..%2fetc",
    "%2e%2e",
    "'",
    "\\",
    "__proto__",
    "a".repeat(4_000),
    "%ed%a0%80",
    ";",
    "*",
    "null",
    "1e999",
  ];
  const bodies: (string | Uint8Array<ArrayBuffer>)[] = [
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "1",
    "{}{}",
    '{"a":1,"a":2}',
    '{"text":"\\ud800"}',
    "\ufeff{}",
    new Uint8Array([0xff, 0xfe, 0x00]),
    new Uint8Array([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
    "[".repeat(100_000),
    `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
    " ".repeat(limits.requestBytes + 1),
  ];
  const types = [
    "application/json",
    "text/plain",
    "application/json; charset=utf-7",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "",
  ];
  const ask = async (what: string, request: Parameters<typeof rawRequest>[1]) => {
    attempts += 1;
    const { status } = await rawRequest(server.url, { token: world.owner.token, ...request });
    if (status >= 500) failed.push(`${what}: ${status}`);
  };
  for (const name of commandNames.filter((one) => !endsCaller.has(one))) {
    const [method = "", pattern = ""] = paths[name].split(" ");
    for (const id of pattern.includes("{") ? ids : [])
      await ask(`${name} at ${id}`, { method, path: pattern.replaceAll(/\{\w+\}/g, id) });
    if (method === "GET" || method === "DELETE" || name === "auth.signIn" || name === "auth.signUp") continue;
    const { path } = toHttp(name, sampleInput(name, world));
    for (const body of bodies) await ask(`${name} with ${String(body).slice(0, 20)}`, { method, path, body });
    for (const type of types)
      await ask(`${name} as ${type}`, { method, path, body: "{}", headers: { "content-type": type } });
  }
  console.log(`T27: ${attempts} malformed requests, ${failed.length} answers of 500 and more`);
  expect(failed).toEqual([]);
}, 120_000);

test("T27 frames that are none are refused, and many of them end the socket", async () => {
  const frames = [
    "",
    "{",
    "null",
    "[]",
    "1",
    '"x"',
    "{}",
    '{"id":1}',
    '{"id":-1,"command":"me.get"}',
    '{"id":1.5,"command":"me.get"}',
    '{"id":1e999,"command":"me.get"}',
    '{"id":"1","command":"me.get"}',
    '{"id":1,"command":"__proto__"}',
    '{"id":1,"command":"constructor"}',
    '{"id":1,"command":"auth.signIn","input":{}}',
    '{"id":1,"command":["me.get"]}',
    '{"id":1,"command":"me.get","input":[]}',
    '{"id":1,"command":"me.get","input":null}',
    "[".repeat(60_000),
    new Uint8Array([1, 2, 3]),
  ];
  let [refused, closed] = [0, 0];
  for (const frame of frames) {
    using one = await openSocket(server.url, world.owner);
    one.sendText(frame);
    const { ok } = await one.call("me.get", {});
    expect(ok).toBeDefined();
    refused += one.problems.length;
    for (let n = 0; n < 20; n++) one.sendText(frame);
    const { code } = await one.closed;
    expect(code).toBe(closeCodes.malformed);
    closed += 1;
  }
  using big = await openSocket(server.url, world.owner);
  big.sendText(`"${"a".repeat(limits.requestBytes)}"`);
  await big.closed;
  console.log(
    `T27: ${frames.length} malformed frames, ${refused} refused, ${closed} sockets that went on were closed; one of ${limits.requestBytes} bytes and more closes at once`,
  );
  expect(refused).toBe(frames.length);
});

test("T27 valid naughty text comes back exactly as it was sent", async () => {
  const { strings, from } = naughtyStrings();
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  using theirs = await openSocket(server.url, other);
  using mine = await openSocket(server.url, one);
  const sendable = strings.filter((text) => text.isWellFormed() && !text.includes("\0") && text.trim() !== "");
  const { message } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "first",
    text: "first",
  });
  const { conversationId } = message;
  for (const [n, text] of sendable.entries()) {
    const answer = await mine.call("messages.send", { conversationId, clientId: `n${n}`, text });
    expect((answer.ok as { text: string }).text).toBe(text);
  }
  const history: string[] = [];
  for (let after = 1; ;) {
    const page = await must(server.url, other, "messages.list", { conversationId, after, limit: 200 });
    history.push(...page.items.map((item) => item.text));
    if (!page.hasNewer) break;
    after = page.items.at(-1)?.seq ?? 0;
  }
  const heard = theirs.events.flatMap((event) =>
    event.event === "message" && event.message.seq > 1 ? [event.message.text] : [],
  );
  console.log(
    `T27: ${sendable.length} of ${strings.length} naughty strings from ${from} sent, ${history.filter((text, n) => text === sendable[n]).length} came back exactly`,
  );
  expect(history).toEqual(sendable);
  expect(heard).toEqual(sendable);
});

test("C11 10,000 characters as people count them go through, 10,001 do not", async () => {
  const { owner, conversationId } = await makeBelongings(server);
  const attempts: [text: string, fine: boolean][] = [
    ["a".repeat(10_000), true],
    ["a".repeat(10_001), false],
    ["é".repeat(10_000), true],
    ["e\u0301".repeat(10_000), true],
    ["e\u0301".repeat(10_001), false],
    // 25 bytes each: the limit of bytes comes before the one of characters.
    ["👩‍👩‍👧‍👦".repeat(2_600), true],
    ["👩‍👩‍👧‍👦".repeat(10_001), false],
    ["👍🏽".repeat(8_000), true],
    ["🇩🇪".repeat(8_192), true],
    [`a${"\u0301".repeat(40_000)}`, false],
  ];
  for (const [n, [text, fine]] of attempts.entries()) {
    const { status, problem } = await rawRequest(server.url, {
      ...toHttp("messages.send", { conversationId, clientId: `long${n}`, text }),
      token: owner.token,
    });
    const label = `${[...text].length} code points of ${text.slice(0, 12)}`;
    expect(`${label}: ${status < 400}`).toBe(`${label}: ${fine}`);
    if (!fine)
      expect(problem).toMatchObject(status === 413 ? { code: "too_large" } : { code: "invalid", pointer: "/text" });
  }
});

/** The sample as JSON text, with one field's value as given. */
function replaced(name: CommandName, own: Belongings, field: string, json: string): string {
  const sample = JSON.stringify({ ...sampleInput(name, own), [field]: placeholder });
  return sample.replace(JSON.stringify(placeholder), () => json);
}

const placeholder = "the value goes here";
