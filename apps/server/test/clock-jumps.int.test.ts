import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../src/db/connect.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { addPeople, befriendAll, call, must, openSocket, rawSocket, ticketOf, type Somebody } from "./api-kit.ts";
import { freePort, startCrashServer, type CrashServer } from "./crash-server.ts";
import { until } from "./people.ts";

let server: CrashServer;
let database: Database;
const dataDir = mkdtempSync(join(tmpdir(), "sotto-clock-"));
beforeAll(async () => {
  chmodSync(dataDir, 0o755);
  server = await startCrashServer({ dataDir, port: freePort(), preload: join(import.meta.dir, "shifted-clock.ts") });
  database = server.open();
}, 60_000);
afterAll(async () => {
  await database.close();
  server.process.kill("SIGINT");
  await server.process.exited;
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

const hourMs = 3_600_000;
let offset = 0;

/** The server's clock, from now on. */
async function shiftTo(offsetMs: number): Promise<void> {
  writeFileSync(join(dataDir, "clock-offset-ms"), String(offsetMs));
  server.process.kill("SIGUSR2");
  offset = offsetMs;
  await until("the clock is shifted", async () => Math.abs((await serverTime()) - Date.now() - offset) < 60_000);
}

async function serverTime(): Promise<number> {
  const [who] = (await addPeople(database, 1)) as [Somebody];
  using socket = await openSocket(server.url, who);
  const { error } = await socket.call("messages.send", { conversationId: who.id, clientId: "x", text: "x" });
  // The id of the refusal's request is a UUIDv7, made of the server's time.
  return Number.parseInt((error?.requestId ?? "").replaceAll("-", "").slice(0, 12), 16);
}

test("R14 R15 R13 a clock that jumps an hour, either way: order, cursors, tickets, sessions, uploads and limits hold", async () => {
  const [one, other, stranger] = (await addPeople(database, 3)) as [Somebody, Somebody, Somebody];
  await befriendAll(database.sql, [[one, other]]);
  const { url } = server;
  const first = await must(url, one, "messages.sendToPerson", { personId: other.id, clientId: "first", text: "0" });
  const { conversationId } = first.message;
  await must(url, stranger, "messages.sendToPerson", { personId: other.id, clientId: "ask", text: "may I?" });
  const [mine, theirs] = [await openSocket(url, one), await openSocket(url, other)];
  const sent = ["0"];
  const groups: string[] = [];
  const wrong: string[] = [];
  const note = (what: string, fine: boolean) => void (fine || wrong.push(`at ${offset / hourMs} h: ${what}`));
  let checks = 0;
  const check = (what: string, fine: boolean) => {
    checks += 1;
    note(what, fine);
  };
  for (const next of [hourMs, 0, -hourMs, hourMs, -hourMs, 0]) {
    const held = await beforeJump(one, other, conversationId);
    await shiftTo(next);
    // Sends from before and after the jump, on sockets that were open.
    for (let n = 0; n < 20; n++) {
      const text = String(sent.length);
      const { ok, error } = await mine.call("messages.send", { conversationId, clientId: `c${text}`, text });
      check(`send refused: ${error?.code}`, ok !== undefined);
      sent.push(text);
    }
    check("a socket closed", mine.isOpen() && theirs.isOpen());
    const again = await mine.call("messages.send", { conversationId, clientId: "c1", text: "1" });
    check("R13: a resend is another message", (again.ok as { seq: number } | undefined)?.seq === 2);
    groups.push(
      (await must(url, one, "conversations.createGroup", { clientId: `g${groups.length}`, personIds: [other.id] })).id,
    );
    await afterJump({ one, other, stranger, conversationId, held, sent, check });
  }
  const { items } = await must(url, other, "messages.list", { conversationId, limit: 200 });
  const heard = theirs.events.flatMap((event) => (event.event === "message" ? [event.message.text] : []));
  const times = items.map((item) => Date.parse(item.createdAt));
  const backwards = times.filter((time, n) => n > 0 && time < (times[n - 1] ?? 0)).length;
  const idsBackwards = groups.filter((id, n) => n > 0 && id < (groups[n - 1] ?? "")).length;
  const paged = await idsByPages(one);
  check(
    "pages lack a conversation, or have one twice",
    paged.toSorted(inOrder).join() === [conversationId, ...groups].toSorted(inOrder).join(),
  );
  check("R14: history is in another order than it was sent", items.map((item) => item.text).join() === sent.join());
  check("R14: events came in another order", heard.join() === sent.slice(1).join());
  mine.close();
  theirs.close();
  console.log(
    `a clock that jumped 6 times by one or two hours: ${sent.length} messages in order, though ${backwards} times and ${idsBackwards} ids go backwards; ${checks} checks, ${wrong.length} wrong`,
  );
  expect(wrong).toEqual([]);
  expect(backwards).toBeGreaterThan(0);
  expect(idsBackwards).toBeGreaterThan(0);
}, 120_000);

test("R25 a limit that was met before a jump is neither opened by it nor closed for longer than its window", async () => {
  const { url } = server;
  const [who] = (await addPeople(database, 1)) as [Somebody];
  const search = async () => await call(url, who, "people.search", { query: "p" });
  const spend = async () => {
    let answer = await search();
    for (let n = 0; n < 100 && answer.status === 200; n++) answer = await search();
    return answer;
  };
  const limited = await spend();
  expect(limited.problem?.code).toBe("rate_limited");
  const outcomes: string[] = [];
  for (const next of [-hourMs, hourMs, 0]) {
    await shiftTo(next);
    const { problem } = await search();
    const waitMs = problem?.retryAt === undefined ? 0 : Date.parse(problem.retryAt) - (Date.now() + next);
    outcomes.push(`${next / hourMs} h: ${problem?.code ?? "open"}, ${Math.round(waitMs / 1000)} s to wait`);
  }
  console.log(`R25: a limit of 60 a minute that was met, after the clock jumped: ${outcomes.join("; ")}`);
  expect(outcomes.filter((one) => !/rate_limited, [1-5]?\d s|rate_limited, 60 s/.test(one))).toEqual([]);
});

const inOrder = (a: string, b: string) => (a < b ? -1 : 1);

async function idsByPages(who: Somebody): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await must(server.url, who, "conversations.list", {
      limit: 2,
      ...(cursor !== undefined && { cursor }),
    });
    ids.push(...page.items.map((one) => one.id));
    if (page.next === null) return ids;
    cursor = page.next;
  }
}

interface Held {
  cursor: string;
  page: string | null;
  ticket: string;
  usedTicket: string;
  uploadUrl: string;
  photo: Uint8Array<ArrayBuffer>;
}

/** What somebody holds when the clock jumps. */
async function beforeJump(one: Somebody, other: Somebody, conversationId: string): Promise<Held> {
  const { url } = server;
  await until("the inbox is written", async () => {
    const rows = await database.sql`
      select 1 from inbox i join conversations c on c.id = i.conversation_id
      where c.id = ${conversationId} and i.change < c.last_change`;
    return rows.length === 0;
  });
  const usedTicket = await ticketOf(url, one);
  using used = rawSocket(socketAddress(usedTicket));
  await used.hello;
  const photo = new Uint8Array(await drawPhoto({ seed: 11, width: 200, height: 150 }));
  const created = await fetch(`${url}/v1/uploads`, {
    method: "POST",
    headers: { authorization: `Bearer ${one.token}`, "tus-resumable": "1.0.0", "upload-length": String(photo.length) },
  });
  return {
    cursor: (await must(url, other, "sync.pull", {})).cursor,
    page: (await must(url, other, "conversations.list", { limit: 1 })).next,
    ticket: await ticketOf(url, one),
    usedTicket,
    uploadUrl: created.headers.get("location") ?? "",
    photo,
  };
}

interface AfterJump {
  one: Somebody;
  other: Somebody;
  stranger: Somebody;
  conversationId: string;
  held: Held;
  sent: readonly string[];
  check: (what: string, fine: boolean) => void;
}

async function afterJump({ one, other, stranger, conversationId, held, sent, check }: AfterJump): Promise<void> {
  const { url } = server;
  const pulled = await must(url, other, "sync.pull", { cursor: held.cursor });
  check("R15: the cursor is told to reload", !pulled.reload);
  await until("the inbox follows", async () => {
    const { conversations } = await must(url, other, "sync.pull", { cursor: held.cursor });
    return conversations.some((conversation) => conversation.id === conversationId);
  });
  const { conversation } = await must(url, other, "conversations.get", { conversationId });
  check("the list shows an older message", conversation.lastMessage?.text === sent.at(-1));
  check("sessions are gone", (await call(url, one, "sessions.list", {})).status === 200);
  const opens = async (ticket: string) => {
    using socket = rawSocket(socketAddress(ticket));
    return await socket.hello.then(
      () => true,
      () => false,
    );
  };
  check("a ticket from before does not open", await opens(held.ticket));
  check("T4: a used ticket opens again", !(await opens(held.usedTicket)));
  check("a new ticket does not open", await opens(await ticketOf(url, one)));
  const request = await call(url, stranger, "messages.sendToPerson", {
    personId: other.id,
    clientId: "ask2",
    text: "?",
  });
  check(`R4: a waiting request answers ${request.problem?.code}`, request.problem?.code === "request_waiting");
  const put = await fetch(new URL(held.uploadUrl, url), {
    method: "PATCH",
    headers: {
      authorization: `Bearer ${one.token}`,
      "tus-resumable": "1.0.0",
      "upload-offset": "0",
      "content-type": "application/offset+octet-stream",
    },
    body: held.photo,
  });
  check(`an upload from before answers ${put.status}`, put.status === 204);
  const mediaId = held.uploadUrl.split("/").at(-1) ?? "";
  await until("the photo is ready", async () => (await must(url, one, "media.get", { mediaId })).state === "ready");
  await must(url, one, "media.remove", { mediaId });
}

function socketAddress(ticket: string): string {
  return `${server.url.replace("http", "ws")}/v1/socket?ticket=${encodeURIComponent(ticket)}&version=1`;
}
