import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandName } from "@sotto/protocol/paths.ts";
import { openAsItIs } from "../src/cli/doctor/database.ts";
import { configFrom } from "../src/cli/session.ts";
import { rawRequest, openSocket, ticketOf, toHttp, type Somebody } from "./api-kit.ts";
import { commandNames, fieldsOf, kindOf, makeBelongings, sampleInput, type Belongings } from "./sample-input.ts";
import { until } from "./people.ts";

/** In every text that a client can send, each time with a number of its own, so that a find says where from. */
const mark = "CANARYQX";

/** The program as it runs, everything that it prints kept. */
async function startTalking(): Promise<
  { url: string; env: Record<string, string>; printed(): string } & AsyncDisposable
> {
  const dataDir = await mkdtemp(join(tmpdir(), "sotto-talking-"));
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  const env = {
    ...{ SOTTO_DATA: dataDir, SOTTO_PORT: String(port), SOTTO_LOG: "debug", SOTTO_TRUST_PROXY: "true" },
    ...{ SOTTO_LIMIT_SIGN_UPS_PER_HOUR: "1000", SOTTO_LIMIT_SIGN_INS: "1000", SOTTO_LIMIT_SENDS_PER_SECOND: "1000" },
  };
  const { PATH = "", HOME = "" } = process.env;
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../src/main.ts")], {
    env: { PATH, HOME, ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  let printed = "";
  const listen = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) printed += decoder.decode(chunk, { stream: true });
  };
  const ended = Promise.all([listen(child.stdout), listen(child.stderr)]);
  const url = `http://127.0.0.1:${port}`;
  await until("ready", async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok === true, 60_000);
  return {
    url,
    env,
    printed: () => printed,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.exited;
      await ended;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

let marks = 0;
const marked = () => `${mark}${(marks += 1)}`;

/** The command with a canary in each text of its own, and once more with each of them broken. */
function inputsOf(name: CommandName, of: Belongings): Record<string, unknown>[] {
  const good = sampleInput(name, of);
  const texts = fieldsOf(name).filter((field) => kindOf(name, field) === "string" && field in good);
  const free = new Set(["text", "name", "bio", "query", "device", "clientId", "password"]);
  const spoken = Object.fromEntries(texts.filter((field) => free.has(field)).map((field) => [field, marked()]));
  return [
    { ...good, ...spoken },
    ...texts.map((field) => ({ ...good, [field]: `${marked()} \u0000 ${"x".repeat(20_000)}` })),
    ...texts.map((field) => ({ ...good, [field]: { [marked()]: marked() } })),
    { ...good, [marked()]: marked() },
  ];
}

async function sendEverything(url: string, of: Belongings, who: Somebody): Promise<number> {
  let sent = 0;
  using socket = await openSocket(url, who);
  for (const name of commandNames.filter((one) => !["auth.signOut", "sessions.revoke"].includes(one))) {
    for (const input of inputsOf(name, of)) {
      const request = toHttp(name, input);
      await rawRequest(url, {
        ...request,
        token: who.token,
        headers: { "x-forwarded-for": marked(), "user-agent": marked() },
      });
      await rawRequest(url, { ...request, token: `${marked()}-token` });
      if (socket.isOpen()) await Promise.race([socket.call(name, input), Bun.sleep(200)]);
      sent += 3;
    }
  }
  for (const body of [`{"text": ${marked()}`, `"${marked()}`, marked()]) {
    await rawRequest(url, { method: "POST", path: "/v1/session", token: who.token, body });
    socket.sendText(body);
    sent += 2;
  }
  await rawRequest(url, {
    method: "GET",
    path: `/v1/${marked()}?q=${marked()}`,
    token: who.token,
    headers: { cookie: `sotto=${marked()}` },
  });
  await fetch(`${url}/v1/socket?ticket=${marked()}&version=1`).catch(() => null);
  return sent + 2;
}

async function uploadBroken(url: string, who: Somebody): Promise<string> {
  const body = new TextEncoder().encode(`\xff\xd8\xff not a photo, ${marked()}`);
  const headers = {
    ...{ authorization: `Bearer ${who.token}`, "tus-resumable": "1.0.0", "upload-length": String(body.length) },
    ...{ "content-type": "application/offset+octet-stream" },
    "upload-metadata": `filename ${btoa(`${marked()}.jpg`)},caption ${btoa(marked())}`,
  };
  const answer = await fetch(`${url}/v1/uploads`, { method: "POST", headers, body });
  return answer.headers.get("location") ?? "";
}

test("C56 no word, name, token, password, ticket or file name in any line of the log, also when everything fails", async () => {
  await using server = await startTalking();
  await using database = await openAsItIs(configFrom(server.env));
  const { sql } = database;
  const of = await makeBelongings({ url: server.url, database });
  const ticket = await ticketOf(server.url, of.owner);
  let sent = await sendEverything(server.url, of, of.owner);
  await uploadBroken(server.url, of.owner);

  // From now on the database refuses every such row, and its errors quote it.
  for (const [table, column] of [
    ["people", "name"],
    ["people", "bio"],
    ["sessions", "device"],
  ] as const)
    await sql.unsafe(
      `alter table ${table} add constraint no_${table}_${column} check (${column} not like '%${mark}%') not valid`,
    );
  await sql.unsafe(`
    create function quote_it() returns trigger language plpgsql as $$
      begin raise exception 'the row says "%"', new; end $$`);
  await sql.unsafe(
    `create trigger quoting before insert on messages for each row when (new.text like '%${mark}%') execute function quote_it()`,
  );
  await sql.unsafe("create trigger quoting before insert on media for each row execute function quote_it()");
  sent += await sendEverything(server.url, of, of.friend);
  await uploadBroken(server.url, of.friend);
  for (const who of [of.owner, of.friend]) {
    const { conversationId } = of;
    const input = { conversationId, clientId: marked(), text: marked() };
    expect((await rawRequest(server.url, { ...toHttp("messages.send", input), token: who.token })).status).toBe(500);
  }
  await sql.unsafe("drop table message_media cascade");
  sent += await sendEverything(server.url, of, of.friend);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`.catch(
    () => null,
  );
  await Bun.sleep(500);

  const lines = server
    .printed()
    .split("\n")
    .filter((line) => line !== "");
  const secrets = [mark, ticket, of.owner.token, of.friend.token, of.owner.username, "a long enough password"];
  const found = lines.filter((line) => secrets.some((secret) => line.toLowerCase().includes(secret.toLowerCase())));
  const failures = lines.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Record<string, unknown>] : []));
  const failed = failures.filter((line) => line["msg"] === "command failed" || line["msg"] === "request failed");
  console.log(
    `${sent} requests and frames with canaries, ${lines.length} lines of log (${failed.length} of failures): ${found.length} with a canary`,
  );
  expect(found).toEqual([]);
  // The provoked failures were there to be told, and each has its request's id.
  expect(failed.length).toBeGreaterThan(5);
  expect(failed.filter((line) => !/^[0-9a-f-]{36}$/.test(String(line["requestId"])))).toEqual([]);
}, 180_000);
