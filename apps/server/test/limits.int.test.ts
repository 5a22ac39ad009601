import { expect, test } from "bun:test";
import { startTestServer } from "../src/test-server.ts";
import {
  addPeople,
  addTwo,
  befriendAll,
  call,
  inParallel,
  must,
  openSocket,
  rawRequest,
  toHttp,
  type Answer,
  type Somebody,
} from "./api-kit.ts";

const dayMs = 24 * 3_600_000;

/** A refusal that says what, why, and when to come back (R25). */
function expectAloud(answer: Answer, withinMs: number): void {
  expect(answer.status).toBe(429);
  expect(answer.problem?.code).toBe("rate_limited");
  expect(answer.problem?.detail.length).toBeGreaterThan(10);
  const waitMs = Date.parse(answer.problem?.retryAt ?? "") - Date.now();
  expect(waitMs).toBeGreaterThan(-1_000);
  expect(waitMs).toBeLessThanOrEqual(withinMs + 1_000);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
}

test("R25 too many sends are refused aloud, none is dropped, and a repeated send is no new one (R13)", async () => {
  await using server = await startTestServer({ limits: { sendsPerSecond: 10 } });
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  const send = async (clientId: string) =>
    await call(server.url, one, "messages.sendToPerson", { personId: other.id, clientId, text: "x" });
  const first = await send("first");
  const answers = await inParallel(Array.from({ length: 40 }), 40, async (_, n) => await send(`n${n}`));
  const refused = answers.filter((answer) => answer.status !== 201);
  for (const answer of refused) expectAloud(answer, 1_000);
  const repeated = await inParallel(Array.from({ length: 20 }), 20, async () => await send("first"));
  expect(new Set(repeated.map((answer) => answer.ok?.message.id))).toEqual(new Set([first.ok.message.id]));
  const stored = (await server.database.sql`select 1 from messages`).length;
  console.log(
    `R25: 41 sends at once with 10 a second allowed: ${stored} stored, ${refused.length} refused aloud; 20 repeats of one sent: 20 answered`,
  );
  expect(stored + refused.length).toBe(41);
  expect(refused.length).toBeGreaterThan(0);
  expect(await waitAndSend(refused[0], send)).toBe(201);
});

test("R25 on the socket a refusal has its time too, and 64 commands at once are the most", async () => {
  await using server = await startTestServer({ limits: { sendsPerSecond: 5 } });
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  using socket = await openSocket(server.url, one);
  const answers = await Promise.all(
    Array.from(
      { length: 20 },
      async (_, n) => await socket.call("messages.sendToPerson", { personId: other.id, clientId: `n${n}`, text: "x" }),
    ),
  );
  const refused = answers.flatMap(({ error }) => (error ? [error] : []));
  expect(refused.length).toBeGreaterThan(0);
  for (const error of refused) expect(Date.parse(error.retryAt ?? "")).toBeGreaterThan(Date.now() - 1_000);
  const many = await Promise.all(Array.from({ length: 200 }, async () => await socket.call("conversations.list", {})));
  const tooMany = many.filter(({ error }) => error?.code === "rate_limited").length;
  console.log(
    `R25: ${refused.length} of 20 sends refused on the socket; of 200 commands at once ${tooMany} refused, ${many.length - tooMany} answered`,
  );
  expect(many.every(({ ok, error }) => ok !== undefined || error?.code === "rate_limited")).toBe(true);
});

test("R25 C39 twenty strangers a day, and the twenty-first is told when", async () => {
  await using server = await startTestServer({ limits: { strangersPerDay: 20 } });
  const [one, friend, ...strangers] = (await addPeople(server.database, 32)) as [Somebody, Somebody, ...Somebody[]];
  await befriendAll(server.database.sql, [[one, friend]]);
  const send = async (to: Somebody) =>
    await call(server.url, one, "messages.sendToPerson", { personId: to.id, clientId: to.id, text: "x" });
  const answers: Answer[] = [];
  for (const stranger of strangers) answers.push(await send(stranger));
  expect(answers.slice(0, 20).every((answer) => answer.status === 201)).toBe(true);
  for (const answer of answers.slice(20)) expectAloud(answer, dayMs);
  expect((await send(friend)).status).toBe(201);
  const [oldest] = await server.database
    .sql`select min(requested_at) as at from conversations where requested_by = ${one.id}`;
  expect(answers[20]?.problem?.retryAt).toBe(new Date(oldest.at.getTime() + dayMs).toISOString());
  await server.database
    .sql`update conversations set requested_at = requested_at - interval '1 day' where requested_at = ${oldest.at}`;
  expect((await send(strangers[25] as Somebody)).status).toBe(201);
  expectAloud(await send(strangers[26] as Somebody), dayMs);
  console.log(`C39: ${strangers.length} strangers, 20 reached, ${answers.length - 20} refused with the time`);
});

test("R25 C39 twenty strangers also when they are written to all at once", async () => {
  await using server = await startTestServer({ limits: { strangersPerDay: 20 } });
  const [one, ...strangers] = (await addPeople(server.database, 61)) as [Somebody, ...Somebody[]];
  const answers = await inParallel(
    strangers,
    60,
    async (to) => await call(server.url, one, "messages.sendToPerson", { personId: to.id, clientId: to.id, text: "x" }),
  );
  const reached = answers.filter((answer) => answer.status === 201).length;
  console.log(`C39: 60 strangers written to at once, ${reached} reached`);
  expect(reached).toBe(20);
});

test("R25 signing in and up, by address", async () => {
  await using server = await startTestServer({ limits: { signInsPerWindow: 3, signUpsPerHour: 2 } });
  const up = async (n: number) =>
    await rawRequest(
      server.url,
      toHttp("auth.signUp", { username: `limited.${n}`, password: "a long enough password" }),
    );
  const ups = [await up(1), await up(2), await up(3)];
  expect(ups.map((answer) => answer.status)).toEqual([201, 201, 429]);
  expectAloud(ups[2] as Answer, 3_600_000);
  const signIn = async (password: string) =>
    await rawRequest(server.url, toHttp("auth.signIn", { username: "limited.1", password }));
  const tries = [
    await signIn("wrong"),
    await signIn("wrong"),
    await signIn("wrong"),
    await signIn("a long enough password"),
  ];
  expect(tries.map((answer) => answer.status)).toEqual([401, 401, 401, 429]);
  expectAloud(tries[3] as Answer, 15 * 60_000);
  // A header that names another address is worth nothing without a proxy in front.
  const spoofed = await rawRequest(server.url, {
    ...toHttp("auth.signIn", { username: "limited.1", password: "x" }),
    headers: { "x-forwarded-for": "203.0.113.9" },
  });
  expect(spoofed.status).toBe(429);
});

test("R25 signing in to one name has a limit of its own, from however many addresses", async () => {
  await using server = await startTestServer({ limits: { signInsPerWindow: 2 }, config: { trustProxy: true } });
  await must(server.url, { token: "" }, "auth.signUp", { username: "guarded", password: "a long enough password" });
  const signIn = async (username: string, address: string) =>
    await rawRequest(server.url, {
      ...toHttp("auth.signIn", { username, password: "wrong password" }),
      headers: { "x-forwarded-for": address },
    });
  const tries = await inParallel(
    Array.from({ length: 25 }),
    4,
    async (_, n) => await signIn("guarded", `198.51.100.${n}`),
  );
  const limited = tries.filter(({ status }) => status === 429);
  console.log(`R25: 25 guesses at one name from 25 addresses, ${limited.length} refused`);
  expect(limited).toHaveLength(5);
  expectAloud(limited[0] as Answer, 15 * 60_000);
  expect((await signIn("somebody.else", "198.51.100.77")).status).toBe(401);
});

test("R25 an address of IPv6 counts as its /64", async () => {
  await using server = await startTestServer({ limits: { signInsPerWindow: 3 }, config: { trustProxy: true } });
  let n = 0;
  const signIn = async (address: string) =>
    (
      await rawRequest(server.url, {
        ...toHttp("auth.signIn", { username: `nobody.${(n += 1)}`, password: "wrong password" }),
        headers: { "x-forwarded-for": address },
      })
    ).status;
  const one = [];
  for (const last of ["1", "2", "ffff:ffff:ffff:ffff", "abcd::1", "3"])
    one.push(await signIn(`2001:db8:0:7:${last}`.replace("7:1", "7::1").replace("7:2", "7::2").replace("7:3", "7::3")));
  expect(one).toEqual([401, 401, 401, 429, 429]);
  expect(await signIn("2001:db8:0:8::1")).toBe(401);
  expect(await signIn("2001:db8::1")).toBe(401);
});

test("R27 T24 a wrong password and nobody by that name are one answer", async () => {
  await using server = await startTestServer();
  await must(server.url, { token: "" }, "auth.signUp", { username: "somebody", password: "a long enough password" });
  const ask = async (username: string) =>
    (await rawRequest(server.url, toHttp("auth.signIn", { username, password: "wrong password" }))).text.replace(
      /"requestId":"[^"]*"/,
      "",
    );
  expect(await ask("nobody")).toBe(await ask("somebody"));
});

/** On a busy machine the repeated sends came in a window of their own and filled it: then that refusal's time counts. */
async function waitAndSend(refused: Answer | undefined, send: (clientId: string) => Promise<Answer>): Promise<number> {
  await Bun.sleep(Math.max(0, Date.parse(refused?.problem?.retryAt ?? "") - Date.now()) + 50);
  const answer = await send("later");
  if (answer.status !== 429) return answer.status;
  await Bun.sleep(Math.max(0, Date.parse(answer.problem?.retryAt ?? "") - Date.now()) + 50);
  return (await send("later")).status;
}
