import { afterAll, beforeAll, expect, test } from "bun:test";
import type { CommandName } from "@sotto/protocol/paths.ts";
import { byteRoutes } from "../src/http/openapi-bytes.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import {
  openSocket,
  rawRequest,
  toHttp,
  withoutRequestId,
  type Answer,
  type Somebody,
  type TestSocket,
} from "./api-kit.ts";
import {
  canary,
  commandNames,
  endsCaller,
  refusedSamples,
  commandOf,
  fieldsOf,
  makeBelongings,
  ownedFields,
  sampleInput,
  signedUp,
  subsets,
  type Belongings,
} from "./sample-input.ts";
import { signUp } from "./people.ts";

let server: TestServer;
let victim: Belongings;
let attacker: Belongings;
let socket: TestSocket;
let before: string;
beforeAll(async () => {
  server = await startTestServer();
  victim = await makeBelongings(server);
  attacker = await makeBelongings(server);
  socket = await openSocket(server.url, attacker.owner);
  await signUp(server.url, signedUp);
  await Bun.sleep(400);
  before = await stateOf(victim);
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

/** What an attempt came to: over HTTP or the socket, the code and the words without the request's id. */
interface Outcome {
  code: string;
  words: string;
}

test("T1 R27 every command × foreign ids: no success, and foreign looks like missing", async () => {
  let attempts = 0;
  const successes: string[] = [];
  const telling: string[] = [];
  for (const name of commandNames) {
    const owned = ownedFields.filter((field) => fieldsOf(name).includes(field));
    for (const foreign of subsets(owned)) {
      for (const way of waysOf(name)) {
        const [own, theirs] = [sampleInput(name, attacker), sampleInput(name, victim)];
        const swap = (value: (field: string) => unknown) => ({
          ...own,
          ...Object.fromEntries(foreign.map((field) => [field, value(field)])),
        });
        const hit = await way(
          name,
          swap((field) => theirs[field]),
          attacker.owner,
        );
        const missing = await way(
          name,
          swap((field) => (field.endsWith("Ids") ? [Bun.randomUUIDv7()] : Bun.randomUUIDv7())),
          attacker.owner,
        );
        attempts += 1;
        const what = `${name} with a foreign ${foreign.join(", ")}`;
        if (hit.code === "ok") successes.push(what);
        if (hit.words !== missing.words) telling.push(`${what}: ${hit.words} / ${missing.words}`);
      }
    }
  }
  console.log(
    `T1: ${attempts} commands with foreign ids, ${successes.length} successes, ${telling.length} that tell foreign from missing`,
  );
  expect({ successes, telling }).toEqual({ successes: [], telling: [] });
  expect(attempts).toBeGreaterThan(30);
});

test("T1 commands that name nothing of somebody's answer with nothing of the victim's", async () => {
  const leaks: string[] = [];
  const open = commandNames.filter(
    (name) => !ownedFields.some((field) => fieldsOf(name).includes(field)) && !endsCaller.has(name),
  );
  for (const name of open) {
    for (const way of waysOf(name)) {
      const input = {
        ...sampleInput(name, attacker),
        ...("personId" in sampleInput(name, attacker) && { personId: victim.owner.id }),
      };
      if (name.startsWith("auth.")) continue;
      const { words } = await way(name, input, attacker.owner);
      const secrets = [victim.conversationId, victim.requestId, victim.messageId, victim.mediaId, victim.sessionId];
      if (secrets.some((secret) => words.includes(secret))) leaks.push(`${name}: ${words}`);
    }
  }
  console.log(`T1: ${open.length} commands without ids asked about the victim, ${leaks.length} leaks`);
  expect(leaks).toEqual([]);
});

test("T1 R27 the routes of bytes × foreign ids", async () => {
  let attempts = 0;
  const wrong: string[] = [];
  for (const [pattern, methods] of Object.entries(byteRoutes)) {
    if (!pattern.includes("{")) continue;
    for (const method of [...Object.keys(methods), "head"]) {
      for (const rendition of pattern.includes("{rendition}") ? ["list", "full", "original"] : [""]) {
        const at = async (id: string) => {
          const path = pattern.replace(/\{(mediaId|uploadId)\}/, id).replace("{rendition}", rendition);
          const headers = {
            "tus-resumable": "1.0.0",
            "upload-offset": "0",
            "content-type": "application/offset+octet-stream",
            range: "bytes=0-9",
          };
          const answer = await rawRequest(server.url, {
            method: method.toUpperCase(),
            path,
            token: attacker.owner.token,
            headers,
            body: method === "patch" ? "bytes" : undefined,
          });
          return `${answer.status} ${withoutRequestId(answer)}`;
        };
        const [hit, missing] = [await at(victim.mediaId), await at(Bun.randomUUIDv7())];
        attempts += 1;
        if (!hit.startsWith("404") || hit !== missing) wrong.push(`${method} ${pattern}: ${hit} / ${missing}`);
      }
    }
  }
  console.log(`T1: ${attempts} requests for foreign bytes and uploads, ${wrong.length} that got or told something`);
  expect(wrong).toEqual([]);
});

test("T1 without a session, or with a wrong one, every command of a session is 401", async () => {
  const wrong: string[] = [];
  const guarded = commandNames.filter((name) => commandOf(name).auth === "session");
  for (const name of guarded) {
    for (const token of [undefined, "A".repeat(43), victim.owner.token.slice(0, -1)]) {
      const answer = await rawRequest(server.url, { ...toHttp(name, sampleInput(name, victim)), token });
      if (answer.problem?.code !== "unauthenticated") wrong.push(`${name}: ${answer.status}`);
    }
  }
  console.log(`T1: ${guarded.length * 3} commands without a session, ${wrong.length} not refused`);
  expect(wrong).toEqual([]);
});

test("T1 nothing of the victim's changed", async () => {
  expect(await stateOf(victim)).toBe(before);
});

test("the samples are good: with one's own ids every command works", async () => {
  const refused: string[] = [];
  for (const name of commandNames) {
    for (const way of waysOf(name)) {
      const own = await makeBelongings(server);
      const { code, words } = await way(name, sampleInput(name, own), own.owner);
      if (code !== (refusedSamples[name] ?? "ok")) refused.push(`${name}: ${words}`);
    }
  }
  expect(refused).toEqual([]);
});

type Way = (name: CommandName, input: Record<string, unknown>, who: Somebody) => Promise<Outcome>;

function waysOf(name: CommandName): Way[] {
  return commandOf(name).over === "both" ? [overHttp, overSocket] : [overHttp];
}

async function overHttp(name: CommandName, input: Record<string, unknown>, who: Somebody): Promise<Outcome> {
  const answer: Answer = await rawRequest(server.url, { ...toHttp(name, input), token: who.token });
  return {
    code: answer.problem?.code ?? (answer.status < 400 ? "ok" : String(answer.status)),
    words: withoutRequestId(answer),
  };
}

async function overSocket(name: CommandName, input: Record<string, unknown>, who: Somebody): Promise<Outcome> {
  if (who !== attacker.owner) {
    using other = await openSocket(server.url, who);
    return outcomeOf(await other.call(name, input));
  }
  return outcomeOf(await socket.call(name, input));
}

function outcomeOf({ ok, error }: Awaited<ReturnType<TestSocket["call"]>>): Outcome {
  return { code: error?.code ?? "ok", words: JSON.stringify(error ? { ...error, requestId: "" } : ok) };
}

/** Every row of the victim's, as text. */
async function stateOf({ owner, friend, conversationId, requestId, mediaId }: Belongings): Promise<string> {
  const { sql } = server.database;
  const conversations = sql.array([conversationId, requestId], "UUID");
  const people = sql.array([owner.id, friend.id], "UUID");
  const rows = await Promise.all([
    sql`select row_to_json(x)::text as row from conversations x where id = any(${conversations}::uuid[]) order by id`,
    sql`select row_to_json(x)::text as row from messages x where conversation_id = any(${conversations}::uuid[]) order by conversation_id, seq`,
    sql`select row_to_json(x)::text as row from inbox x where conversation_id = any(${conversations}::uuid[]) order by person_id, conversation_id`,
    sql`select row_to_json(x)::text as row from members x where conversation_id = any(${conversations}::uuid[]) order by person_id, conversation_id`,
    sql`select row_to_json(x)::text as row from media x where id = ${mediaId}`,
    sql`select row_to_json(x)::text as row from people x where id = any(${people}::uuid[]) order by id`,
    sql`select id::text as row from sessions where person_id = any(${people}::uuid[]) order by id`,
    sql`select * from blocks where blocker_id = any(${people}::uuid[])`,
  ]);
  const text = JSON.stringify(rows);
  expect(text).toContain(canary);
  return text;
}
