import { expect, test } from "bun:test";
import { startTestServer } from "../src/test-server.ts";
import { addPeople, befriendAll, must, type Somebody } from "./api-kit.ts";
import { until } from "./people.ts";
import { startPushService } from "./push-service.ts";
import { opensslMissing } from "./tls-front.ts";

/** Two pushes at once of each would take every place that the jobs of a process have. */
const slowPeople = 32;
const missing = opensslMissing();

test.skipIf(missing !== null)(
  `C7 push services that take long over every push hold up nobody else${missing === null ? "" : ` (skipped: ${missing})`}`,
  async () => {
    await using pushes = await startPushService();
    await using server = await startTestServer({
      config: { allowInternal: [pushes.place], push: { delayMs: 100, ca: pushes.ca } },
    });
    const { url, database } = server;
    const people = await addPeople(database, slowPeople + 6 + 2);
    const [slow, friends, [anna, ben]] = [
      people.slice(0, slowPeople),
      people.slice(slowPeople, -2),
      people.slice(-2) as [Somebody, Somebody],
    ];
    await befriendAll(database.sql, [
      ...slow.flatMap((one) => friends.map((other) => [one, other] as const)),
      [anna, ben],
    ]);
    const subscribe = async (who: Somebody, slowMs: number) => {
      const browser = pushes.browser({ slowMs });
      await must(url, who, "push.subscribe", { endpoint: browser.endpoint, keys: browser.keys });
      return browser;
    };
    for (const one of slow) await subscribe(one, 7_000);
    const bens = await subscribe(ben, 0);
    let sent = 0;
    const say = async (from: Somebody, to: Somebody) => {
      sent += 1;
      await must(url, from, "messages.sendToPerson", { personId: to.id, clientId: `s${sent}`, text: "hello" });
    };
    const slowTaken = () => pushes.taken.filter((push) => push.endpoint !== bens.endpoint).length;
    for (const to of slow) await say(friends[0] as Somebody, to);
    await until("each was slow once", () => slowTaken() >= slowPeople && pushes.thinking() === 0, 60_000);
    const flood = new AbortController();
    const flooding = (async () => {
      while (!flood.signal.aborted) {
        for (const to of slow) for (const from of friends) if (!flood.signal.aborted) await say(from, to);
        await Bun.sleep(500);
      }
    })();
    await until("theirs are on their way", () => pushes.thinking() > 0);
    const waits: number[] = [];
    let thinking = 0;
    const watch = setInterval(() => (thinking = Math.max(thinking, pushes.thinking())), 50);
    for (let n = 1; n <= 5; n += 1) {
      const beganMs = performance.now();
      await say(anna, ben);
      await until(
        "the push is there",
        () => pushes.taken.filter((push) => push.endpoint === bens.endpoint).length >= n,
        30_000,
      );
      waits.push(Math.round(performance.now() - beganMs));
    }
    clearInterval(watch);
    flood.abort();
    await flooding;
    console.log(
      `C7: a push beside ${slowPeople} people with services of 7 s: ${waits.toSorted((a, b) => a - b).join(", ")} ms; at most ${thinking} of theirs at once, ${slowTaken()} taken of ${sent} messages`,
    );
    expect(thinking).toBeLessThanOrEqual(4);
  },
  120_000,
);
