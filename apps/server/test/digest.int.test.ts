import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addPeople, addTwo, befriendAll, must, type Somebody } from "./api-kit.ts";
import { startMailServer, type MailServer } from "./mail-kit.ts";

const canary = "periwinkle";
let mail: MailServer;
let server: TestServer;
beforeAll(async () => {
  mail = await startMailServer();
  const from = { name: "Sotto", address: "sotto@example.org" };
  server = await startTestServer({
    config: { mail: { host: "127.0.0.1", port: mail.port, tls: "none", from }, push: { delayMs: 50 } },
  });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await mail[Symbol.asyncDispose]();
}, 60_000);

async function withAddress(who: Somebody): Promise<string> {
  const address = `${who.username}@example.org`;
  await server.database.sql`insert into emails (person_id, address, verified_at) values (${who.id}, ${address}, now())`;
  return address;
}

/** Where it is morning now, whatever the clock says. */
function morningZone(): string {
  const ahead = (9 - new Date().getUTCHours() + 24) % 24;
  const east = ahead <= 14 ? ahead : ahead - 24;
  return east === 0 ? "UTC" : `Etc/GMT${east > 0 ? "-" : "+"}${Math.abs(east)}`;
}

/** As the queue's clock does every quarter of an hour; the inbox follows the log by then. */
async function morning(): Promise<void> {
  await Bun.sleep(600);
  await server.database.sql`select graphile_worker.add_job('notifications:digests')`;
}

const to = (address: string) => mail.letters.filter((letter) => letter.to.includes(address));

test("C7 a digest goes to whoever wants one and has a verified address, once, with what is unread", async () => {
  const [anna, ben, carla, dora] = await addPeople(server.database, 4);
  if (!anna || !ben || !carla || !dora) throw new Error("too few people");
  await befriendAll(server.database.sql, [
    [anna, ben],
    [anna, carla],
    [anna, dora],
  ]);
  const addresses = { ben: await withAddress(ben), dora: await withAddress(dora) };
  for (const [at, person] of [ben, carla, dora].entries())
    await must(server.url, anna, "messages.sendToPerson", { personId: person.id, clientId: `hi${at}`, text: canary });
  const timeZone = morningZone();
  await must(server.url, ben, "settings.update", { timeZone, notifications: { digest: "daily" } });
  await must(server.url, carla, "settings.update", { timeZone, notifications: { digest: "daily" } });
  await must(server.url, dora, "settings.update", { timeZone, notifications: { digest: "off" } });
  await morning();
  await sought(async () => to(addresses.ben)[0] ?? null);
  await morning();
  await Bun.sleep(1_000);
  const [letter] = to(addresses.ben);
  expect([to(addresses.ben).length, to(addresses.dora).length, mail.letters.length]).toEqual([1, 0, 1]);
  expect(letter?.text).toContain(`Person ${anna.username}: ${canary}`);
  expect(letter?.html).toContain(canary);
  expect(letter?.headers.get("list-unsubscribe-post")).toBe("List-Unsubscribe=One-Click");
});

test("T32 R3 a digest with previews off says how many, and nothing else; of requests it never says more", async () => {
  const [anna, ben] = await addTwo(server.database);
  const [stranger] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[anna, ben]]);
  await server.database.sql`update people set name = ${canary} where id in (${anna.id}, ${stranger.id})`;
  const address = await withAddress(ben);
  await must(server.url, anna, "messages.sendToPerson", { personId: ben.id, clientId: "hi", text: canary });
  await must(server.url, stranger, "messages.sendToPerson", { personId: ben.id, clientId: "ask", text: canary });
  await must(server.url, ben, "settings.update", {
    timeZone: morningZone(),
    notifications: { digest: "weekly", previews: false },
  });
  await server.database.sql`insert into digests (person_id, made_at) values (${ben.id}, now() - interval '9 days')`;
  await morning();
  const letter = await sought(async () => to(address)[0] ?? null);
  const leaks = [letter.raw, letter.text, letter.html ?? "", letter.headers.get("subject") ?? ""].filter((part) =>
    part.includes(canary),
  );
  console.log(`T32 a digest with previews off: parts with the canary ${leaks.length}`);
  expect(leaks).toEqual([]);
  expect(letter.text).toContain("one conversation");
  expect(letter.text).toContain("One message request");
});

test("R24 a GET changes nothing; a POST with the letter's link ends it at once, and only that person's", async () => {
  const [anna, ben] = await addTwo(server.database);
  const carla = (await addTwo(server.database))[0];
  await befriendAll(server.database.sql, [[anna, ben]]);
  const address = await withAddress(ben);
  await must(server.url, anna, "messages.sendToPerson", { personId: ben.id, clientId: "hi", text: "hello" });
  for (const who of [ben, carla])
    await must(server.url, who, "settings.update", { timeZone: morningZone(), notifications: { digest: "daily" } });
  await morning();
  const letter = await sought(async () => to(address)[0] ?? null);
  const link = /<([^>]+)>/.exec(letter.headers.get("list-unsubscribe") ?? "")?.[1] ?? "";
  const { pathname, search } = new URL(link);
  const page = await fetch(server.url + pathname + search, { redirect: "manual" });
  expect([page.status, page.headers.get("location")?.startsWith("/unsubscribe#")]).toEqual([303, true]);
  const chosen = async (who: Somebody) => (await must(server.url, who, "settings.get", {})).notifications.digest;
  expect(await chosen(ben)).toBe("daily");
  const post = async (query: string) =>
    (
      await fetch(`${server.url}${pathname}?token=${query}`, {
        method: "POST",
        body: "List-Unsubscribe=One-Click",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      })
    ).status;
  const token = new URLSearchParams(search).get("token") ?? "";
  expect(await post(token.replace(ben.id, carla.id))).toBe(404);
  expect(await post("")).toBe(404);
  expect(await post(token)).toBe(204);
  expect(await post(token)).toBe(204);
  expect([await chosen(ben), await chosen(carla)]).toEqual(["off", "daily"]);
  await server.database.sql`update digests set made_at = now() - interval '3 days' where person_id = ${ben.id}`;
  await morning();
  await Bun.sleep(1_000);
  expect(to(address)).toHaveLength(1);
});

async function sought<T>(find: () => Promise<T | null>, mostMs = 20_000): Promise<T> {
  const giveUpMs = Date.now() + mostMs;
  for (;;) {
    const found = await find();
    if (found !== null) return found;
    if (Date.now() > giveUpMs) throw new Error("it never came");
    await Bun.sleep(20);
  }
}
