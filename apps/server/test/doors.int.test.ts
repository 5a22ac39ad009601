import { afterAll, beforeAll, expect, test } from "bun:test";
import { closeCodes } from "@sotto/protocol/close-codes.ts";
import { limits } from "@sotto/protocol/limits.ts";
import { tickets } from "../src/auth/tickets.ts";
import { deriveKey } from "../src/secret.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import {
  addPeople,
  call,
  inParallel,
  must,
  openSocket,
  rawRequest,
  rawSocket,
  ticketOf,
  toHttp,
  type Somebody,
} from "./api-kit.ts";
import { rawLine } from "./raw-socket.ts";
import { rawUpgrade } from "./raw-upgrade.ts";
import { commandNames, commandOf, makeBelongings, methodOf, sampleInput } from "./sample-input.ts";

const secret = "a secret for the tests of doors, long enough";
let server: TestServer;
let victim: Somebody;
beforeAll(async () => {
  server = await startTestServer({ config: { secret, origins: ["https://app.example"] } });
  [victim] = (await addPeople(server.database, 1)) as [Somebody];
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

/** As the browser does it: the cookie and our own Origin mint, and the ticket remembers that. */
async function cookieTicket(who: Somebody): Promise<string> {
  const headers = { cookie: `sotto=${who.token}`, origin: server.url };
  const { ok } = await rawRequest<{ ticket: string }>(server.url, {
    method: "POST",
    path: "/v1/socket-tickets",
    headers,
  });
  return ok.ticket;
}

const socketPath = (ticket: string) => `/v1/socket?ticket=${encodeURIComponent(ticket)}&version=1`;

test("T4 a ticket that a cookie minted opens for our own Origin alone", async () => {
  const { host, port } = new URL(server.url);
  const origins: Record<string, string | undefined> = {
    missing: undefined,
    null: "null",
    empty: "",
    "another site": "https://evil.example",
    suffix: `http://${host}.evil.example`,
    "suffix without a dot": `http://${host}evil`,
    prefix: `http://evil${host}`,
    "sub-domain": `http://evil.${host}`,
    "another port": `http://127.0.0.1:${Number(port) + 1}`,
    "no port": "http://127.0.0.1",
    "another scheme": `https://${host}`,
    "a socket's scheme": `ws://${host}`,
    "user and password": `http://${host}@evil.example`,
    "our host behind a user": `http://evil@${host}`,
    "with a path": `http://${host}/evil`,
    "with a query": `http://${host}?evil`,
    "with a fragment": `http://${host}#evil`,
    "two origins": `http://${host}, https://evil.example`,
    "the other way round": `https://evil.example http://${host}`,
    "another name for here": `http://[::1]:${port}`,
    "a name that only looks so": `http://127.0.0.1:${port}\u00a0`,
    "an allowed one, which is for bearers": "https://app.example",
    file: "file://",
    "an extension": "chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "not an origin": "javascript:alert(1)",
  };
  const opened: string[] = [];
  for (const [name, origin] of Object.entries(origins)) {
    const status = await rawUpgrade(server.url, {
      path: socketPath(await cookieTicket(victim)),
      headers: { ...(origin !== undefined && { Origin: origin }), Cookie: `sotto=${victim.token}` },
    });
    if (status !== 403) opened.push(`${name} (${origin}): ${status}`);
  }
  console.log(`T4: ${Object.keys(origins).length} foreign Origins with a cookie's ticket, ${opened.length} opened`);
  expect(opened).toEqual([]);
  expect(
    await rawUpgrade(server.url, { path: socketPath(await cookieTicket(victim)), headers: { Origin: server.url } }),
  ).toBe(101);
});

test("T4 with a configured address, that is the only Origin", async () => {
  await using elsewhere = await startTestServer({ config: { secret, url: "https://sotto.example" } });
  const [who] = (await addPeople(elsewhere.database, 1)) as [Somebody];
  const signer = tickets(deriveKey(secret, "socket-ticket"));
  const ticket = () => signer.mint({ personId: who.id, sessionId: who.sessionId, byCookie: true });
  const open = async (headers: Record<string, string>) =>
    await rawUpgrade(elsewhere.url, { path: socketPath(ticket()), headers });
  for (const origin of [
    "http://sotto.example",
    "https://sotto.example:444",
    "https://a.sotto.example",
    "https://sotto.example.",
    elsewhere.url,
  ]) {
    expect(await open({ Origin: origin })).toBe(403);
    expect(await open({ Origin: origin, Host: new URL(origin).host })).toBe(403);
  }
  expect(await open({ Origin: "https://sotto.example" })).toBe(101);
});

test("T4 a bearer's ticket opens without an Origin; none, used, late and forged ones never", async () => {
  expect(await rawUpgrade(server.url, { path: socketPath(await ticketOf(server.url, victim)) })).toBe(101);
  const used = await ticketOf(server.url, victim);
  const parallel = await Promise.all(
    Array.from({ length: 20 }, async () => await rawUpgrade(server.url, { path: socketPath(used) })),
  );
  expect(parallel.filter((status) => status === 101)).toHaveLength(1);
  const identity = { personId: victim.id, sessionId: victim.sessionId, byCookie: false };
  const late = tickets(
    deriveKey(secret, "socket-ticket"),
    () => Date.now() - limits.ticketTtlSeconds * 1000 - 1_000,
  ).mint(identity);
  const good = tickets(deriveKey(secret, "socket-ticket")).mint({ ...identity, byCookie: true });
  const [body = "", signature = ""] = good.split(".");
  const bearerised = Buffer.from(Buffer.from(body, "base64url").toString().replace("true", "false")).toString(
    "base64url",
  );
  const bad: Record<string, string> = {
    none: "",
    used,
    late,
    "another key's": tickets(deriveKey("another secret, also long enough to be one", "socket-ticket")).mint(identity),
    "changed body": `${bearerised}.${signature}`,
    "no signature": `${body}.`,
    "no body": `.${signature}`,
    "cut signature": `${body}.${signature.slice(0, -1)}`,
    "dots only": "..",
    "a token": victim.token,
    "a session of nobody": tickets(deriveKey(secret, "socket-ticket")).mint({
      ...identity,
      sessionId: Bun.randomUUIDv7(),
    }),
    "a session of somebody else": tickets(deriveKey(secret, "socket-ticket")).mint({
      ...identity,
      personId: Bun.randomUUIDv7(),
    }),
  };
  const opened: string[] = [];
  for (const [name, ticket] of Object.entries(bad)) {
    const status = await rawUpgrade(server.url, {
      path: socketPath(ticket),
      headers: { Cookie: `sotto=${victim.token}`, Origin: server.url },
    });
    if (status !== 401) opened.push(`${name}: ${status}`);
  }
  console.log(
    `T4: ${Object.keys(bad).length} bad tickets, ${opened.length} opened; one ticket 20 times at once, 1 opened`,
  );
  expect(opened).toEqual([]);
});

test("T4 a ticket is good for 30 seconds, to the millisecond", () => {
  let nowMs = 1_000_000;
  const signer = tickets(deriveKey(secret, "socket-ticket"), () => nowMs);
  const ticket = { personId: victim.id, sessionId: victim.sessionId, byCookie: true };
  const [inTime, late] = [signer.mint(ticket), signer.mint(ticket)];
  nowMs += limits.ticketTtlSeconds * 1000;
  expect(signer.open(inTime)).toMatchObject(ticket);
  nowMs += 1;
  expect(signer.open(late)).toBeNull();
});

test("T5 signing out and revoking close the session's sockets, and no other's; its token is worth nothing", async () => {
  const attempts = 20;
  const people = await addPeople(server.database, attempts);
  const times: number[] = [];
  for (const [n, who] of people.entries()) {
    const other = { ...who, ...(await anotherSession(who)) };
    using theirs = await openSocket(server.url, other);
    const sockets = [await openSocket(server.url, who), await openSocket(server.url, who)];
    const startedMs = performance.now();
    if (n % 2 === 0) await must(server.url, who, "auth.signOut", {});
    else await must(server.url, other, "sessions.revoke", { sessionId: who.sessionId });
    for (const socket of sockets) {
      const { code, atMs } = await Promise.race([
        socket.closed,
        Bun.sleep(5_000).then(() => ({ code: 0, atMs: Infinity })),
      ]);
      expect(code).toBe(closeCodes.sessionOver);
      times.push(atMs - startedMs);
    }
    expect((await call(server.url, who, "me.get", {})).problem?.code).toBe("unauthenticated");
    expect((await theirs.call("me.get", {})).ok).toBeDefined();
  }
  console.log(
    `T5: ${attempts} sessions ended with 2 sockets each, all closed, after at most ${Math.max(...times).toFixed(1)} ms`,
  );
});

test("T5 a session that ends while its socket opens leaves no socket behind", async () => {
  const attempts = 200;
  const people = await addPeople(server.database, attempts);
  const left = await inParallel(people, 10, async (who, n) => {
    const ticket = await ticketOf(server.url, who);
    const socket = rawSocket(`${server.url.replace("http", "ws")}${socketPath(ticket)}`);
    await Bun.sleep(n % 5);
    await must(server.url, who, "auth.signOut", {});
    return await Promise.race([socket.closed.then(() => false), Bun.sleep(2_000).then(() => true)]);
  });
  const open = left.filter(Boolean).length;
  console.log(`T5: ${attempts} sessions ended while their socket opened, ${open} sockets left`);
  expect(open).toBe(0);
});

test("CSRF every unsafe request with a cookie needs our own Origin", async () => {
  const own = await makeBelongings(server);
  const unsafe = commandNames.filter((name) => methodOf(name) !== "GET");
  const bytes = [
    ["POST", "/v1/uploads"],
    ["PATCH", `/v1/uploads/${own.mediaId}`],
    ["DELETE", `/v1/uploads/${own.mediaId}`],
  ].map(([method = "", path = ""]) => ({ method, path }));
  const requests = [
    ...unsafe.map((name) => ({ ...toHttp(name, sampleInput(name, own)), name })),
    ...bytes.map((one) => ({ ...one, name: `${one.method} ${one.path}`, body: undefined })),
  ];
  const origins = [
    undefined,
    "null",
    "https://evil.example",
    `${server.url}.evil.example`,
    server.url.replace("http:", "https:"),
    "https://app.example",
  ];
  const accepted: string[] = [];
  for (const { name, ...request } of requests) {
    for (const origin of origins) {
      const headers = { cookie: `sotto=${own.owner.token}`, ...(origin !== undefined && { origin }) };
      const { status, problem } = await rawRequest(server.url, { ...request, headers });
      if (problem?.code !== "origin_refused") accepted.push(`${name} from ${origin}: ${status}`);
    }
  }
  console.log(
    `CSRF: ${requests.length * origins.length} unsafe requests with a cookie from elsewhere, ${accepted.length} accepted`,
  );
  expect(accepted).toEqual([]);
  const fromHere = { cookie: `sotto=${own.owner.token}`, origin: server.url };
  expect(
    (await rawRequest(server.url, { ...toHttp("settings.update", { keepAcceptedOpen: true }), headers: fromHere }))
      .status,
  ).toBe(200);
});

test("CSRF a page of another site signs nobody in or up", async () => {
  for (const name of commandNames.filter((one) => commandOf(one).auth === "none")) {
    const own = await makeBelongings(server);
    for (const credential of ["cookie", "bearer"]) {
      const request = toHttp(name, { ...sampleInput(name, own), credential });
      const { problem } = await rawRequest(server.url, { ...request, headers: { origin: "https://evil.example" } });
      expect(problem?.code).toBe("origin_refused");
    }
  }
});

test("a Host header that is none is told so, and nothing falls over", async () => {
  const hosts = [
    "",
    "a b",
    "[::",
    "[::1",
    "evil:99999",
    "evil:-1",
    "%",
    "a/b",
    "a?b",
    "a#b",
    "\u00ff",
    "x".repeat(10_000),
    "@",
    "user@host",
    "a:b:c",
  ];
  const statuses: string[] = [];
  for (const path of ["/v1/me", "/v1/limits", "/v1/socket?ticket=x&version=1"]) {
    for (const host of hosts) {
      using line = await rawLine(server.url);
      let answer = "";
      line.tcp.on("data", (bytes: Buffer) => (answer += bytes.toString("latin1")));
      line.write(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, "latin1"));
      await Promise.race([line.closed, Bun.sleep(2_000)]);
      statuses.push(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? "none");
      if (statuses.at(-1)?.startsWith("5"))
        throw new Error(`${path} with ${JSON.stringify(host.slice(0, 20))}: ${answer.slice(0, 200)}`);
    }
  }
  console.log(
    `${statuses.length} requests with a Host that is none: ${[...Map.groupBy(statuses, (one) => one)].map(([one, all]) => `${all.length} times ${one}`).join(", ")}`,
  );
  expect((await rawRequest(server.url, { method: "GET", path: "/readyz" })).status).toBe(200);
});

test("CORS allowed origins are answered for bearers, never with credentials; others not at all", async () => {
  const ask = async (origin: string) =>
    await rawRequest(server.url, { method: "GET", path: "/v1/me", token: victim.token, headers: { origin } });
  const [allowed, other] = [await ask("https://app.example"), await ask("https://evil.example")];
  expect(allowed.headers.get("access-control-allow-origin")).toBe("https://app.example");
  expect(other.headers.get("access-control-allow-origin")).toBeNull();
  for (const { headers } of [allowed, other]) expect(headers.get("access-control-allow-credentials")).toBeNull();
});

test("C1 the cookie is out of reach of scripts, and its token is in no answer", async () => {
  const input = { username: "cookie.person", password: "a long enough password", credential: "cookie" };
  const answer = await rawRequest(server.url, { ...toHttp("auth.signUp", input), headers: { origin: server.url } });
  const cookie = answer.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^sotto=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax/);
  expect(answer.text).not.toContain(/sotto=([\w-]+)/.exec(cookie)?.[1] ?? "nothing");
});

async function anotherSession(who: Somebody): Promise<{ token: string; sessionId: string }> {
  const { createSession } = await import("../src/auth/sessions.ts");
  const { token, session } = await createSession(server.database.sql, { personId: who.id, device: "another" });
  return { token, sessionId: session.id };
}
