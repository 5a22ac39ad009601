import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Settings } from "@sotto/protocol/types.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, call, must, type Somebody } from "./api-kit.ts";
import { until } from "./people.ts";
import { startPushService, type Browser, type PushService } from "./push-service.ts";
import { opensslMissing } from "./tls-front.ts";

const missing = opensslMissing();
const canary = "periwinkle";

describe.skipIf(missing !== null)(`pushes${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  let pushes: PushService;
  let server: TestServer;
  beforeAll(async () => {
    pushes = await startPushService();
    server = await startTestServer({
      config: { allowInternal: [pushes.place], push: { delayMs: 100, ca: pushes.ca } },
    });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await pushes[Symbol.asyncDispose]();
  }, 60_000);

  async function subscribed(who: Somebody): Promise<Browser> {
    const browser = pushes.browser();
    await must(server.url, who, "push.subscribe", { endpoint: browser.endpoint, keys: browser.keys });
    return browser;
  }

  /** Two friends with a conversation, one of them with a browser that wants pushes. */
  async function pair(): Promise<{ anna: Somebody; ben: Somebody; browser: Browser; conversationId: string }> {
    const [anna, ben] = await addTwo(server.database);
    await befriendAll(server.database.sql, [[anna, ben]]);
    const first = await must(server.url, anna, "messages.sendToPerson", {
      personId: ben.id,
      clientId: "first",
      text: "hi",
    });
    const conversationId = first.conversation.id;
    await must(server.url, ben, "conversations.markRead", { conversationId, seq: 1 });
    return { anna, ben, conversationId, browser: await subscribed(ben) };
  }

  let sent = 0;
  async function say(from: Somebody, conversationId: string, text: string) {
    sent += 1;
    return await must(server.url, from, "messages.send", { conversationId, clientId: `say${sent}`, text });
  }

  async function prefer(who: Somebody, notifications: Partial<Settings["notifications"]>, timeZone = "UTC") {
    await must(server.url, who, "settings.update", { notifications, timeZone });
  }

  const to = (browser: Browser) => pushes.taken.filter((push) => push.endpoint === browser.endpoint);
  const got = async (browser: Browser, count: number) =>
    await sought(async () => (to(browser).length >= count ? to(browser) : null));
  /** Long enough for a push that should not come: it would have been queued, and no job is due any more. */
  const aWhile = async () => {
    await Bun.sleep(500);
    await until("no job is due", async () => {
      const due = await server.database.sql`
        select 1 from graphile_worker._private_jobs where run_at < now() + interval '1 second' limit 1`;
      return due.length === 0;
    });
  };

  test("C7 a message becomes one notification: from whom, what, and how many; never for one's own", async () => {
    const { anna, ben, browser, conversationId } = await pair();
    const annas = await subscribed(anna);
    await say(anna, conversationId, canary);
    const [first] = await got(browser, 1);
    expect(first).toMatchObject({
      urgency: "high",
      data: {
        is: "show",
        tag: conversationId,
        title: `Person ${anna.username}`,
        body: canary,
        path: `/c/${conversationId}`,
        count: 1,
        silent: false,
      },
    });
    for (let at = 0; at < 5; at += 1) await say(anna, conversationId, `${canary} ${at}`);
    const [, second] = await got(browser, 2);
    expect(second?.data).toMatchObject({ title: `Person ${anna.username} (6)`, body: `${canary} 4`, count: 6 });
    expect(second?.topic).toBe(first?.topic ?? "");
    expect(browser.waiting()).toHaveLength(1);
    await say(ben, conversationId, "mine");
    await aWhile();
    expect(to(browser)).toHaveLength(2);
    expect(to(annas).at(-1)?.data["body"]).toBe("mine");
    console.log(
      `6 messages: ${to(browser).length} pushes, ${browser.waiting().length} notification, ${first?.bytes} bytes`,
    );
  });

  test("T32 R3 what is hidden is in no push: previews off, requests, blocked, muted", async () => {
    const { anna, ben, browser, conversationId } = await pair();
    let tried = 0;
    await prefer(ben, { previews: false });
    for (const text of [canary, `${canary}\n`.repeat(50), `👋 ${canary}`]) {
      await say(anna, conversationId, text);
      tried += 1;
      await got(browser, tried);
    }
    await prefer(ben, { previews: true });
    const [stranger, other] = await addTwo(server.database);
    await server.database.sql`update people set name = ${canary} where id in (${stranger.id}, ${other.id})`;
    for (const [at, from] of [stranger, other].entries()) {
      await must(server.url, from, "messages.sendToPerson", { personId: ben.id, clientId: `ask${at}`, text: canary });
      tried += 1;
    }
    await got(browser, 4);
    await must(server.url, ben, "conversations.update", {
      conversationId,
      mutedUntil: new Date(Date.now() + 3_600_000).toISOString(),
    });
    await say(anna, conversationId, canary);
    tried += 1;
    await aWhile();
    await must(server.url, ben, "blocks.block", { personId: anna.id });
    await must(server.url, ben, "conversations.update", { conversationId, mutedUntil: null });
    await call(server.url, anna, "messages.send", { conversationId, clientId: "blocked", text: canary });
    tried += 1;
    await aWhile();
    const leaked = to(browser).filter((push) => JSON.stringify(push.data).includes(canary));
    console.log(`T32 ${tried} hidden messages, ${to(browser).length} pushes: with the canary ${leaked.length}`);
    expect(leaked).toEqual([]);
    const requests = to(browser).filter((push) => push.data["tag"] === "requests");
    expect(requests.length).toBeGreaterThan(0);
    expect(requests[0]?.data).toMatchObject({ title: "Sotto", path: "/requests" });
  });

  test("R9 T6 unsent before it is due: nothing; while undelivered: replaced; after that: cleared", async () => {
    const { anna, browser, conversationId } = await pair();
    const early = await say(anna, conversationId, canary);
    await must(server.url, anna, "messages.unsend", { conversationId, messageId: early.id });
    await aWhile();
    expect(to(browser)).toEqual([]);
    const one = await say(anna, conversationId, `${canary} one`);
    await got(browser, 1);
    const two = await say(anna, conversationId, `${canary} two`);
    await got(browser, 2);
    await must(server.url, anna, "messages.unsend", { conversationId, messageId: two.id });
    await got(browser, 3);
    expect(browser.waiting().map((push) => push.data)).toMatchObject([
      { is: "show", body: `${canary} one`, count: 1, silent: true },
    ]);
    await must(server.url, anna, "messages.unsend", { conversationId, messageId: one.id });
    await got(browser, 4);
    expect(browser.waiting().map((push) => push.data)).toMatchObject([{ is: "clear", tag: conversationId }]);
    const left = browser.waiting().filter((push) => JSON.stringify(push.data).includes(canary));
    console.log(`T6 3 unsent messages: pushes still to be delivered that say one: ${left.length}`);
    expect(left).toEqual([]);
    // The push service has it some moments before that is noted.
    await sought(async () => {
      const rows = await server.database.sql`select 1 from push_shown where tag = ${conversationId}`;
      return rows.length === 0 || null;
    });
  });

  test("C7 C22 read on one device: cleared on the others; read at once: never told", async () => {
    const { anna, ben, browser, conversationId } = await pair();
    const phone = await secondSession(ben);
    const message = await say(anna, conversationId, "hello");
    await got(browser, 1);
    await got(phone.browser, 1);
    await must(server.url, ben, "conversations.markRead", { conversationId, seq: message.seq });
    const [, cleared] = await got(phone.browser, 2);
    expect(cleared?.data).toMatchObject({ is: "clear", tag: conversationId });
    const before = to(phone.browser).length;
    const next = await say(anna, conversationId, "again");
    await must(server.url, ben, "conversations.markRead", { conversationId, seq: next.seq });
    await aWhile();
    expect(to(phone.browser)).toHaveLength(before);
  });

  test("C7 kinds: messages off silences them, mentions still come; push off silences all", async () => {
    const { anna, ben, browser, conversationId } = await pair();
    await prefer(ben, { messages: false });
    await say(anna, conversationId, "quiet");
    await aWhile();
    expect(to(browser)).toEqual([]);
    const { id } = await say(anna, conversationId, "hey you");
    await server.database.sql`
      update messages set extras = ${{ mentionIds: [ben.id] }}::jsonb where conversation_id = ${conversationId} and id = ${id}`;
    await say(anna, conversationId, "quiet too");
    const [mention] = await got(browser, 1);
    expect(mention?.data).toMatchObject({ body: "hey you", count: 1 });
    await prefer(ben, { messages: true, push: false });
    await say(anna, conversationId, "nothing");
    await got(browser, 2);
    expect(to(browser).at(-1)?.data).toMatchObject({ is: "clear" });
  });

  test("C7 R5 a reaction is told to whom it was made, once, and goes with it; not by a blocked person, nor where it is off", async () => {
    const { anna, ben, browser, conversationId } = await pair();
    const mine = await say(ben, conversationId, canary);
    const reaction = { conversationId, messageId: mine.id, emoji: "🎉" };
    await must(server.url, ben, "messages.react", reaction);
    await aWhile();
    expect(to(browser)).toEqual([]);
    await must(server.url, anna, "messages.react", reaction);
    const [told] = await got(browser, 1);
    expect(told?.data).toMatchObject({
      title: `Person ${anna.username}`,
      body: "Reacted 🎉 to your message",
      path: `/c/${conversationId}`,
    });
    expect(JSON.stringify(told?.data)).not.toContain(canary);
    await must(server.url, anna, "messages.unreact", reaction);
    const [, gone] = await got(browser, 2);
    expect(gone?.data).toMatchObject({ is: "clear", tag: `reaction:${conversationId}` });
    await prefer(ben, { reactions: false });
    await must(server.url, anna, "messages.react", reaction);
    await aWhile();
    await prefer(ben, { reactions: true });
    await must(server.url, ben, "blocks.block", { personId: anna.id });
    await must(server.url, anna, "messages.unreact", reaction);
    await call(server.url, anna, "messages.react", { ...reaction, emoji: "👀" });
    await aWhile();
    expect(to(browser)).toHaveLength(2);
  });

  test("C7 quiet hours: nothing comes, and the job waits for their end in the person's zone", async () => {
    const { anna, ben, browser, conversationId } = await pair();
    await prefer(ben, { quietHours: { from: "00:00", to: "23:59" } }, "Pacific/Kiritimati");
    await say(anna, conversationId, "later");
    const job = await sought(async () => {
      const [row] = await server.database.sql`
        select run_at from graphile_worker.jobs where key = ${`push ${ben.id} ${conversationId}`} and run_at > now() + interval '15 seconds'`;
      return row ?? null;
    });
    const wall = new Intl.DateTimeFormat("en-GB", {
      timeZone: "Pacific/Kiritimati",
      hour: "2-digit",
      minute: "2-digit",
    });
    expect(wall.format(job.run_at)).toBe("23:59");
    expect(to(browser)).toEqual([]);
    await prefer(ben, { quietHours: null });
    await say(anna, conversationId, "now");
    const [now] = await got(browser, 1);
    expect(now?.data["count"]).toBe(2);
  });

  test("bad input: a subscription that the push service has ended goes; the person's other browsers are told all the same", async () => {
    const { anna, ben, browser, conversationId } = await pair();
    const phone = await secondSession(ben);
    browser.end();
    await say(anna, conversationId, "one");
    await got(phone.browser, 1);
    await sought(async () => ((await subscriptionsOf(ben)) === 1 ? true : null));
    expect(to(browser)).toEqual([]);
  });

  test("a busy push service is asked again when it says so; a silent and an endless one hold up nobody", async () => {
    const { anna, ben, conversationId, browser } = await pair();
    pushes.behave({ is: "answering", status: 429, retryAfter: "40" });
    await say(anna, conversationId, "one");
    const row = await sought(async () => {
      const [found] = await server.database.sql`
        select failures, extract(epoch from retry_at - now())::float8 as seconds from push_subscriptions
        where person_id = ${ben.id} and failures > 0`;
      return found ?? null;
    });
    console.log(`429 with Retry-After 40: asked again in ${row.seconds.toFixed(1)} s`);
    expect(row.seconds).toBeGreaterThan(30);
    expect(row.seconds).toBeLessThan(41);
    const asked = pushes.asked();
    await say(anna, conversationId, "two");
    await aWhile();
    expect(pushes.asked()).toBe(asked);
    pushes.behave({ is: "endless" });
    await server.database.sql`update push_subscriptions set retry_at = null where person_id = ${ben.id}`;
    await server.database.sql`update push_shown set shown_at = now() - interval '1 minute' where person_id = ${ben.id}`;
    await say(anna, conversationId, "three");
    await sought(async () => {
      const [shown] = await server.database.sql`select taken from push_shown where person_id = ${ben.id}`;
      return shown?.taken === true ? true : null;
    });
    pushes.behave({ is: "silent" });
    await say(anna, conversationId, "four");
    // By then it waits for an answer.
    await Bun.sleep(1_000);
    pushes.behave({ is: "well" });
    const other = await pair();
    const beganMs = performance.now();
    await say(other.anna, other.conversationId, "for somebody else");
    await got(other.browser, 1);
    console.log(
      `beside a push service that says nothing, another person's push took ${Math.round(performance.now() - beganMs)} ms`,
    );
    expect(to(browser)).toEqual([]);
  });

  test("the session's end is the subscription's: sign-out, revocation, and the deletion of the account", async () => {
    const { anna, ben, browser, conversationId } = await pair();
    const phone = await secondSession(ben);
    const third = await secondSession(ben);
    expect(await subscriptionsOf(ben)).toBe(3);
    await must(server.url, phone.session, "auth.signOut", {});
    await must(server.url, ben, "sessions.revoke", { sessionId: third.session.sessionId });
    expect(await subscriptionsOf(ben)).toBe(1);
    await say(anna, conversationId, "only here");
    await got(browser, 1);
    await aWhile();
    expect([to(phone.browser), to(third.browser)]).toEqual([[], []]);
    await must(server.url, ben, "push.unsubscribe", { endpoint: browser.endpoint });
    expect(await subscriptionsOf(ben)).toBe(0);
  });

  test("an endpoint is one person's: who signs in on the browser next has it, and the one before has it no more", async () => {
    const { anna, ben, conversationId } = await pair();
    const [carla] = await addTwo(server.database);
    const browser = await subscribed(ben);
    await must(server.url, carla, "push.subscribe", { endpoint: browser.endpoint, keys: browser.keys });
    await say(anna, conversationId, canary);
    await aWhile();
    expect(to(browser)).toEqual([]);
    expect(await subscriptionsOf(carla)).toBe(1);
  });

  async function subscriptionsOf(who: Somebody): Promise<number> {
    const [row] = await server.database
      .sql`select count(*)::int as n from push_subscriptions where person_id = ${who.id}`;
    return row.n;
  }

  async function secondSession(who: Somebody): Promise<{ session: Somebody; browser: Browser }> {
    const { newToken, hashToken } = await import("../src/auth/tokens.ts");
    const session = { ...who, token: newToken(), sessionId: Bun.randomUUIDv7() };
    await server.database.sql`
      insert into sessions (person_id, id, token_hash, device, created_at, last_seen_at)
      values (${who.id}, ${session.sessionId}, ${hashToken(session.token)}, 'phone', now(), now())`;
    return { session, browser: await subscribed(session) };
  }
});

/** What `find` finds, as soon as it does. */
async function sought<T>(find: () => Promise<T | null>, mostMs = 20_000): Promise<T> {
  const giveUpMs = Date.now() + mostMs;
  for (;;) {
    const found = await find();
    if (found !== null) return found;
    if (Date.now() > giveUpMs) throw new Error("it never came");
    await Bun.sleep(20);
  }
}
