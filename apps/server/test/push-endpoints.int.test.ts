import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createECDH, randomBytes } from "node:crypto";
import { insideListeners } from "../src/guard/inside-listeners.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, call, must, type Somebody } from "./api-kit.ts";
import { startPushService } from "./push-service.ts";
import { until } from "./people.ts";
import { opensslMissing } from "./tls-front.ts";

/** The endpoint of a subscription is whatever its browser says: here it is somebody who looks for what is inside (T10). */

const missing = opensslMissing();
let server: TestServer;
let pushes: Awaited<ReturnType<typeof startPushService>>;

function keys() {
  const p256dh = createECDH("prime256v1").generateKeys().toString("base64url");
  return { p256dh, auth: randomBytes(16).toString("base64url") };
}

const inside = [
  "127.0.0.1",
  "127.1",
  "2130706433",
  "0x7f000001",
  "017700000001",
  "0.0.0.0",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "[::1]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[64:ff9b::7f00:1]",
  "[2002:7f00:1::]",
  "[fe80::1]",
  "[fd00::1]",
  "localhost",
];

describe.skipIf(missing !== null)(`push endpoints${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  beforeAll(async () => {
    pushes = await startPushService();
    server = await startTestServer({
      config: { allowInternal: [pushes.place], push: { delayMs: 50, ca: pushes.ca } },
    });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await pushes[Symbol.asyncDispose]();
  }, 60_000);

  test("T10 bad input: an endpoint inside the network, without TLS, with a password, at a port, or with keys that are none", async () => {
    const [somebody] = await addTwo(server.database);
    await using listeners = await insideListeners();
    const endpoints = [
      ...inside.flatMap((host) => [`https://${host}/push`, `https://${host}:${listeners.port}/push`]),
      "http://push.example.org/1",
      "https://user:secret@push.example.org/1",
      "https://push.example.org:8443/1",
      "ftp://push.example.org/1",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "push.example.org",
      "",
      `https://push.example.org/${"x".repeat(2_100)}`,
    ];
    let accepted = 0;
    for (const endpoint of endpoints) {
      const answer = await call(server.url, somebody, "push.subscribe", { endpoint, keys: keys() });
      if (answer.status === 200) accepted += 1;
    }
    const wrongKeys = [
      { ...keys(), p256dh: "AAAA" },
      { ...keys(), p256dh: Buffer.alloc(65, 4).toString("base64url") },
      { ...keys(), auth: "AAAA" },
    ];
    for (const wrong of wrongKeys) {
      const answer = await call(server.url, somebody, "push.subscribe", {
        endpoint: pushes.browser().endpoint,
        keys: wrong,
      });
      if (answer.status === 200) accepted += 1;
    }
    console.log(
      `T10 ${endpoints.length + wrongKeys.length} endpoints and keys: accepted ${accepted}, private connections ${listeners.connections()}`,
    );
    expect([accepted, listeners.connections()]).toEqual([0, 0]);
  });

  test("T10 what became an address inside after it was subscribed, or redirects there, is not reached, and ends", async () => {
    await using listeners = await insideListeners();
    const hosts = inside.flatMap((host) => [host, `${host}:${listeners.port}`]);
    let ended = 0;
    const lead = async (host: string) => {
      const { anna, ben, conversationId } = await pair();
      await plant(ben, `https://${host}/push`);
      await must(server.url, anna, "messages.send", { conversationId, clientId: "one", text: "hello" });
      await until(`the subscription at ${host} ends`, async () => (await subscriptionsOf(ben)) === 0);
      ended += 1;
    };
    await Promise.all(hosts.map(lead));
    pushes.behave({ is: "answering", status: 307, location: `https://127.0.0.1:${listeners.port}/` });
    const { anna, ben, conversationId } = await pair();
    await plant(ben, pushes.browser().endpoint);
    await must(server.url, anna, "messages.send", { conversationId, clientId: "one", text: "hello" });
    await until("the redirecting subscription ends", async () => (await subscriptionsOf(ben)) === 0);
    console.log(
      `T10 ${hosts.length + 1} endpoints that lead inside: private connections ${listeners.connections()}, ended ${ended + 1}`,
    );
    expect(listeners.connections()).toBe(0);
  });
});

async function pair(): Promise<{ anna: Somebody; ben: Somebody; conversationId: string }> {
  const [anna, ben] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[anna, ben]]);
  const first = await must(server.url, anna, "messages.sendToPerson", {
    personId: ben.id,
    clientId: "first",
    text: "hi",
  });
  await must(server.url, ben, "conversations.markRead", { conversationId: first.conversation.id, seq: 1 });
  return { anna, ben, conversationId: first.conversation.id };
}

/** As if its name had led somewhere else when it was subscribed. */
async function plant(who: Somebody, endpoint: string): Promise<void> {
  const { p256dh, auth } = keys();
  await server.database.sql`
    insert into push_subscriptions (person_id, session_id, id, endpoint, p256dh, auth, created_at)
    values (${who.id}, ${who.sessionId}, ${Bun.randomUUIDv7()}, ${endpoint}, ${p256dh}, ${auth}, now())`;
}

async function subscriptionsOf(who: Somebody): Promise<number> {
  const [row] = await server.database
    .sql`select count(*)::int as n from push_subscriptions where person_id = ${who.id}`;
  return row.n;
}
