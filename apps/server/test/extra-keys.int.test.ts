import { afterAll, beforeAll, expect, test } from "bun:test";
import { paths, type CommandName } from "@sotto/protocol/paths.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { openSocket, rawRequest, toHttp } from "./api-kit.ts";
import {
  commandNames,
  commandOf,
  fieldsOf,
  makeBelongings,
  methodOf,
  sampleInput,
  type Belongings,
} from "./sample-input.ts";

let server: TestServer;
let world: Belongings;
beforeAll(async () => {
  server = await startTestServer();
  world = await makeBelongings(server);
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

/** What a client's author might try to set, and what trips up a parser. JSON text, so that `__proto__` is a key of its own. */
const extras: Record<string, string> = {
  role: '"owner"',
  senderId: '"00000000-0000-7000-8000-000000000000"',
  createdAt: '"2000-01-01T00:00:00.000Z"',
  administrator: "true",
  id: '"00000000-0000-7000-8000-000000000000"',
  seq: "1",
  change: "1",
  state: '"accepted"',
  unsentAt: "null",
  ownerId: '"00000000-0000-7000-8000-000000000000"',
  personId: '"00000000-0000-7000-8000-000000000000"',
  folder: '"inbox"',
  passwordHash: '"none"',
  policyRev: "0",
  readSeq: "0",
  unread: "0",
  placeholder: '"AAAA"',
  constructor: '{"prototype":{"administrator":true}}',
  hasOwnProperty: "1",
  toString: '"x"',
  "": "1",
};
const named = [...Object.entries(extras), ["__proto__", '{"administrator":true}'], ["__proto__", "1"]] as [
  string,
  string,
][];
const writes = commandNames.filter((name) => methodOf(name) !== "GET");
const reads = commandNames.filter((name) => methodOf(name) === "GET");

test("T26 an extra key on any command is refused, over HTTP and on the socket", async () => {
  let attempts = 0;
  const accepted: string[] = [];
  using socket = await openSocket(server.url, world.owner);
  for (const name of [...writes, ...reads]) {
    for (const [key, json] of named.filter(([one]) => !fieldsOf(name).includes(one))) {
      const status = await overHttp(name, key, json);
      attempts += 1;
      if (status !== 400) accepted.push(`HTTP ${name} with ${key}: ${status}`);
      if (commandOf(name).over === "http") continue;
      const input = withExtra(sampleInput(name, world), key, json);
      const { error } = await socket.call(name, JSON.parse(input));
      attempts += 1;
      if (error?.code !== "invalid") accepted.push(`socket ${name} with ${key}: ${error?.code ?? "ok"}`);
    }
  }
  console.log(
    `T26: ${attempts} extra keys on ${writes.length} writes and ${reads.length} reads, ${accepted.length} accepted`,
  );
  expect(accepted).toEqual([]);
});

test("T26 nothing was written by any of them", async () => {
  const { sql } = server.database;
  expect(await sql`select 1 from people where administrator`).toEqual([]);
  const [{ messages }] = await sql`select count(*)::int as messages from messages`;
  const [{ people }] = await sql`select count(*)::int as people from people`;
  const [{ sessions }] = await sql`select count(*)::int as sessions from sessions`;
  // What makeBelongings wrote: three messages, three people, their sessions and one more.
  expect({ messages, people, sessions }).toEqual({ messages: 3, people: 3, sessions: 4 });
});

test("T26 a body cannot name again what the address names", async () => {
  const accepted: string[] = [];
  let attempts = 0;
  for (const name of writes.filter((one) => methodOf(one) !== "DELETE")) {
    for (const [, key = ""] of paths[name].matchAll(/\{(\w+)\}/g)) {
      const request = toHttp(name, sampleInput(name, world));
      const body = withExtra(JSON.parse(String(request.body ?? "{}")), key, `"${Bun.randomUUIDv7()}"`);
      const { status } = await rawRequest(server.url, { ...request, body, token: world.owner.token });
      attempts += 1;
      if (status !== 400) accepted.push(`${name} with ${key} in the body: ${status}`);
    }
  }
  console.log(`T26: ${attempts} bodies that name the address's ids again, ${accepted.length} accepted`);
  expect(accepted).toEqual([]);
});

test("T26 extra keys of a socket's frame are refused", async () => {
  using socket = await openSocket(server.url, world.owner);
  const keys = ["personId", "sessionId", "caller", "__proto__", "version", "auth"];
  for (const key of keys)
    socket.sendText(`{"id":1,"command":"me.get","input":{},${JSON.stringify(key)}:{"personId":"x"}}`);
  await socket.call("me.get", {});
  expect(socket.problems.map((problem) => problem.code)).toEqual(keys.map(() => "invalid"));
});

async function overHttp(name: CommandName, key: string, json: string): Promise<number> {
  const request = toHttp(name, sampleInput(name, world));
  const { token } = world.owner;
  if (methodOf(name) === "GET" || methodOf(name) === "DELETE") {
    const path = `${request.path}${request.path.includes("?") ? "&" : "?"}${encodeURIComponent(key)}=${encodeURIComponent(json)}`;
    return (await rawRequest(server.url, { ...request, path, token })).status;
  }
  const body = withExtra(JSON.parse(String(request.body ?? "{}")), key, json);
  return (await rawRequest(server.url, { ...request, body, token })).status;
}

/** JSON text of the input with one more key, which no object of ours could hold as it is. */
function withExtra(input: Record<string, unknown>, key: string, json: string): string {
  const text = JSON.stringify(input);
  return `${text.slice(0, -1)}${text === "{}" ? "" : ","}${JSON.stringify(key)}:${json}}`;
}
