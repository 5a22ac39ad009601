import { afterAll, beforeAll, expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { errorCodes } from "@sotto/protocol/errors.ts";
import { event } from "@sotto/protocol/events.ts";
import { hello } from "@sotto/protocol/frames.ts";
import { paths, type CommandName } from "@sotto/protocol/paths.ts";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { byteRoutes } from "../src/http/openapi-bytes.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { befriendAll, must, openSocket, rawRequest, toHttp, addPeople, type Answer } from "./api-kit.ts";
import { signUp, until } from "./people.ts";
import { commandNames, commandOf, makeBelongings, sampleInput, signedUp } from "./sample-input.ts";

interface Operation {
  operationId: string;
  responses: Record<string, { description: string; content?: Record<string, { schema?: Record<string, unknown> }> }>;
}

let server: TestServer;
let document: { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, unknown> } };
beforeAll(async () => {
  server = await startTestServer();
  document = (await rawRequest<typeof document>(server.url, { method: "GET", path: "/v1/openapi.json" })).ok;
  await signUp(server.url, signedUp);
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

test("C52 /v1/openapi.json is OpenAPI 3.1", async () => {
  const result = await new Validator().validate(structuredClone(document));
  expect(result.errors ?? []).toEqual([]);
  expect(result.valid).toBe(true);
});

test("C52 it has every route and every error code, each where it can be met", () => {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const bytes = Object.entries(byteRoutes).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.toSorted()).toEqual([...Object.values(paths), ...bytes].toSorted());
  const text = JSON.stringify(document.paths);
  // A wrong method is answered outside of any operation, a wrong version on the socket alone; what fails a photo is in its state.
  const elsewhere = ["method_not_allowed", "version_unsupported", "unsupported_media", "damaged_media"];
  const missing = Object.keys(errorCodes).filter((code) => !text.includes(`\`${code}\``) && !elsewhere.includes(code));
  expect(missing).toEqual([]);
  const listed = JSON.stringify(document.components.schemas["Problem"]);
  for (const code of Object.keys(errorCodes)) expect(listed).toContain(`"${code}"`);
  for (const name of commandNames) {
    const operation = operationOf(name);
    for (const code of commandOf(name).errors)
      expect(operation.responses[String(errorCodes[code].status)]?.description).toContain(`\`${code}\``);
  }
  console.log(`C52: ${routes.length} routes, ${Object.keys(errorCodes).length} error codes`);
});

test("C52 what the API answers is what the document says, in success and in refusal", async () => {
  const check = checker();
  const wrong: string[] = [];
  let answers = 0;
  const examine = (name: CommandName, answer: Answer) => {
    answers += 1;
    const fault = check(name, answer);
    if (fault !== null) wrong.push(`${name} ${answer.status}: ${fault}`);
  };
  for (const name of commandNames) {
    const own = await makeBelongings(server);
    const stranger = await makeBelongings(server);
    examine(name, await ask(name, sampleInput(name, own), own.owner.token));
    examine(name, await ask(name, { ...sampleInput(name, own), extra: 1 }, own.owner.token));
    examine(name, await ask(name, sampleInput(name, stranger), own.owner.token));
    if (commandOf(name).auth === "session") examine(name, await ask(name, sampleInput(name, own), undefined));
    const request = toHttp(name, sampleInput(name, own));
    if (request.method !== "GET")
      examine(
        name,
        await rawRequest(server.url, {
          ...request,
          headers: { cookie: `sotto=${own.owner.token}`, origin: "https://evil.example" },
        }),
      );
  }
  for (const [name, answer] of await refusals()) examine(name, answer);
  console.log(
    `C52: ${answers} answers of ${commandNames.length} commands against the document's schemas, ${wrong.length} unlike it`,
  );
  expect(wrong).toEqual([]);
});

test("C52 the socket's hello and events are what the contract says", async () => {
  const own = await makeBelongings(server);
  using socket = await openSocket(server.url, own.owner);
  using device = await openSocket(server.url, own.owner);
  expect(hello.safeParse({ hello: await socket.hello }).success).toBe(true);
  await must(server.url, own.friend, "messages.sendToPerson", { personId: own.owner.id, clientId: "e", text: "x" });
  await socket.call("messages.unsend", { conversationId: own.conversationId, messageId: own.messageId });
  await socket.call("settings.update", { whoMayMessage: "friends" });
  await socket.call("follows.follow", { personId: own.friend.id });
  await socket.call("conversations.markRead", { conversationId: own.conversationId, seq: 2 });
  await until("one of each", () => new Set(device.events.map((one) => one.event)).size === 5);
  const wrong = [...socket.events, ...device.events].filter((one) => !event.safeParse(one).success);
  console.log(
    `C52: ${socket.events.length + device.events.length} events of ${new Set(device.events.map((one) => one.event)).size} kinds, ${wrong.length} unlike the contract`,
  );
  expect(wrong).toEqual([]);
});

test("C52 inputs are strict, and no answer's schema forbids the keys that it may get later", () => {
  const bodies: string[] = [];
  const answers: string[] = [];
  for (const name of commandNames) {
    const { requestBody, responses } = operationOf(name) as Operation & { requestBody?: unknown };
    if (requestBody !== undefined && !JSON.stringify(requestBody).includes('"additionalProperties":false'))
      bodies.push(name);
    if (JSON.stringify(responses).includes('"additionalProperties":false')) answers.push(name);
  }
  expect({ bodies, answers }).toEqual({ bodies: [], answers: [] });
});

function operationOf(name: CommandName): Operation {
  const [method = "", path = ""] = paths[name].split(" ");
  const operation = document.paths[path]?.[method.toLowerCase()];
  if (!operation) throw new Error(`${name} is not in the document`);
  return operation;
}

/** Clients ignore keys they do not know; this test does not: what is in no schema may be somebody's secret. */
function closed(_key: string, value: unknown): unknown {
  const isObject = typeof value === "object" && value !== null && "properties" in value && "type" in value;
  return isObject ? { ...value, additionalProperties: false } : value;
}

/** Judges an answer by its operation's schema for its status; what is wrong, or null. */
function checker(): (name: CommandName, answer: Answer) => string | null {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "https://sotto.test/document", ...document });
  const compiled = new Map<string, ValidateFunction>();
  return (name, answer) => {
    const response = operationOf(name).responses[String(answer.status)];
    if (!response) return "no such status in the document";
    const type = (answer.headers.get("content-type") ?? "").split(";")[0] ?? "";
    const schema = response.content?.[type]?.schema;
    if (!schema) return `no ${type} there`;
    const key = `${name} ${answer.status}`;
    const validate =
      compiled.get(key) ??
      ajv.compile(
        JSON.parse(
          JSON.stringify(schema).replaceAll('"#/', '"https://sotto.test/document#/'),
          // Refusals are put together from parts, none of which knows the others' keys.
          answer.status < 400 ? closed : undefined,
        ) as object,
      );
    compiled.set(key, validate);
    return validate(JSON.parse(answer.text)) ? null : ajv.errorsText(validate.errors);
  };
}

async function ask(name: CommandName, input: Record<string, unknown>, token: string | undefined): Promise<Answer> {
  return await rawRequest(server.url, { ...toHttp(name, input), token });
}

/** Refusals that the samples do not meet. */
async function refusals(): Promise<[CommandName, Answer][]> {
  const { sql } = server.database;
  const people = await addPeople(server.database, 3);
  const [from, to, friend] = people;
  if (!from || !to || !friend) throw new Error("too few people");
  await befriendAll(sql, [[from, friend]]);
  const send = async (clientId: string, more: object = {}): Promise<[CommandName, Answer]> => [
    "messages.sendToPerson",
    await ask("messages.sendToPerson", { personId: to.id, clientId, text: "x", ...more }, from.token),
  ];
  const list = [
    await send("p", { mediaIds: [Bun.randomUUIDv7()] }),
    await send("1"),
    await send("2"),
    await send("1", { text: "other" }),
  ];
  await must(server.url, to, "blocks.block", { personId: from.id });
  list.push(await send("3"));
  await must(server.url, from, "settings.update", { whoMayMessage: "no_one" });
  list.push(await send("4"));
  await must(server.url, from, "blocks.block", { personId: to.id });
  list.push(await send("5"));
  list.push([
    "auth.signUp",
    await ask("auth.signUp", { username: signedUp, password: "a long enough password" }, undefined),
  ]);
  list.push(["auth.signIn", await ask("auth.signIn", { username: signedUp, password: "wrong" }, undefined)]);
  list.push([
    "messages.sendToPerson",
    await rawRequest(server.url, {
      ...toHttp("messages.sendToPerson", { personId: to.id }),
      token: from.token,
      body: " ".repeat(200_000),
    }),
  ]);
  expect(new Set(list.map(([, answer]) => answer.problem?.code)).size).toBe(list.length);
  return list;
}
