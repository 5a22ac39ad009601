import { afterAll, beforeAll, expect, test } from "bun:test";
import { hashToken, newToken } from "../src/auth/tokens.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { signUpPerson } from "./account-kit.ts";
import { addPeople, befriendAll, call, must, openSocket, type Somebody } from "./api-kit.ts";
import { makeApiGroup } from "./groups-kit.ts";
import { columnsHolding } from "./log-kit.ts";
import { askEverything, sumOf } from "./media-asks.ts";
import { until } from "./people.ts";
import { uploadPhoto } from "./upload-photo.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

/** The same person on another device. */
async function anotherDevice({ id, username }: Somebody): Promise<Somebody> {
  const [token, sessionId] = [newToken(), Bun.randomUUIDv7()];
  await server.database.sql`
    insert into sessions (person_id, id, token_hash, device, created_at, last_seen_at)
    values (${id}, ${sessionId}, ${hashToken(token)}, 'another', now(), now())`;
  return { id, username, token, sessionId };
}

async function twoFriends() {
  const [sender, receiver] = (await addPeople(server.database, 2)) as [Somebody, Somebody];
  await befriendAll(server.database.sql, [[sender, receiver]]);
  return { sender, receiver, device: await anotherDevice(receiver) };
}

let photos = 0;

async function sendOnce(sender: Somebody, personId: string, { photo = true, text = "" } = {}) {
  photos += 1;
  const drawn = photo ? await drawPhoto({ seed: photos, width: 800, height: 600 }) : null;
  const mediaIds = drawn ? [await uploadPhoto(server.url, sender, drawn)] : [];
  const media =
    mediaIds[0] === undefined ? null : (await must(server.url, sender, "media.get", { mediaId: mediaIds[0] })).media;
  const input = { personId, clientId: `once${photos}`, text, mediaIds, viewOnce: true };
  const { message } = await must(server.url, sender, "messages.sendToPerson", input);
  return { message, media, at: { conversationId: message.conversationId, messageId: message.id } };
}

/** Everything that this person can read of a conversation, as text. */
async function readEverything(who: Somebody, conversationId: string, messageId: string): Promise<string> {
  const answers = await Promise.all([
    call(server.url, who, "messages.list", { conversationId }),
    call(server.url, who, "messages.changes", { conversationId, after: 0 }),
    call(server.url, who, "messages.get", { conversationId, messageId }),
    call(server.url, who, "conversations.get", { conversationId }),
    call(server.url, who, "conversations.list", {}),
    call(server.url, who, "sync.pull", {}),
    call(server.url, who, "messages.forward", {
      conversationId,
      messageId,
      toConversationId: conversationId,
      clientId: "f",
    }),
    call(server.url, who, "messages.send", {
      conversationId,
      clientId: Bun.randomUUIDv7(),
      text: "re",
      replyToId: messageId,
    }),
  ]);
  return answers.map((answer) => answer.text).join("\n");
}

/** The minute is over. */
async function passMinute(): Promise<void> {
  await server.database.sql`update once_views set expires_at = now() - interval '1 second'`;
}

test("T30 120 looks that cannot end keep nobody else's open", async () => {
  const { sender, receiver } = await twoFriends();
  const { at } = await sendOnce(sender, receiver.id, { photo: false, text: "once" });
  await must(server.url, receiver, "messages.openOnce", at);
  const { sql } = server.database;
  await sql.unsafe(`create function refuse_to_end() returns trigger language plpgsql as $$
    begin raise exception 'it cannot end' using errcode = '23514'; end $$`);
  await sql.unsafe(`create trigger refuse_to_end before delete on once_views for each row when (old.seq > 1000)
    execute function refuse_to_end()`);
  await sql`
    insert into once_views (conversation_id, seq, person_id, session_id, expires_at)
    select ${at.conversationId}, n, ${receiver.id}, gen_random_uuid(), now() - interval '1 day' from generate_series(1001, 1120) n`;
  await sql`update once_views set expires_at = now() where conversation_id = ${at.conversationId} and seq < 1000`;
  await until("it is gone", async () => (await must(server.url, receiver, "messages.get", at)).gone === "opened");
  await sql.unsafe("drop trigger refuse_to_end on once_views");
  await until("so are the others", async () => (await sql`select 1 from once_views where seq > 1000`).length === 0);
}, 30_000);

test("C19 T7 before it is opened a view-once photo is nowhere, and nobody gets a byte of it, its sender neither", async () => {
  const { sender, receiver, device } = await twoFriends();
  const canary = `canary${crypto.randomUUID().replaceAll("-", "")}`;
  using socket = await openSocket(server.url, receiver);
  const { message, media, at } = await sendOnce(sender, receiver.id, { text: canary });
  if (!media) throw new Error("the photo is ready");
  await until("it arrived", () => socket.events.some((event) => event.event === "message"));
  expect(message.viewOnce).toEqual({ kind: "photo", openedBy: [], mayOpen: false });
  const views = [
    JSON.stringify(message),
    JSON.stringify(socket.events),
    ...(await Promise.all(
      [sender, receiver, device].map(async (who) => await readEverything(who, at.conversationId, at.messageId)),
    )),
  ];
  const leaks = views.filter((view) => view.includes(canary) || view.includes(media.id)).length;
  const asked = sumOf(
    await Promise.all(
      [sender, receiver, device].map(async ({ token }) => await askEverything(server.url, token, media)),
    ),
  );
  console.log(
    `T7 view once, unopened: ${views.length} answers, ${leaks} with its text or medium; ${asked.attempts} requests: ${asked.bytes} bytes`,
  );
  expect({ leaks, given: asked.given, bytes: asked.bytes }).toEqual({ leaks: 0, given: 0, bytes: 0 });
  expect((await call(server.url, sender, "messages.openOnce", at)).problem?.code).toBe("not_found");
  expect((await call(server.url, sender, "messages.closeOnce", at)).problem?.code).toBe("not_found");
}, 60_000);

test("C19 R21 T7 opened once: that session alone, `full` alone, until it ends; then gone from every device with every byte", async () => {
  const { sender, receiver, device } = await twoFriends();
  const canary = `canary${crypto.randomUUID().replaceAll("-", "")}`;
  const { media, at } = await sendOnce(sender, receiver.id, { text: canary });
  if (!media) throw new Error("the photo is ready");
  using other = await openSocket(server.url, device);
  using theirs = await openSocket(server.url, sender);
  const opened = await must(server.url, receiver, "messages.openOnce", at);
  expect({ text: opened.text, id: opened.media[0]?.id }).toEqual({ text: canary, id: media.id });
  expect(await must(server.url, receiver, "messages.openOnce", at)).toEqual(opened);
  await until("the other device knows", () =>
    other.events.some((event) => event.event === "message.changed" && event.message.viewOnce?.mayOpen === false),
  );
  await until("its sender knows", () =>
    theirs.events.some(
      (event) => event.event === "message.changed" && event.message.viewOnce?.openedBy.includes(receiver.id),
    ),
  );
  expect((await call(server.url, device, "messages.openOnce", at)).problem?.code).toBe("expired");
  const looks = await askEverything(server.url, receiver.token, media, ["full"]);
  expect(looks.bytes).toBeGreaterThan(1_000);
  const full = await fetch(server.url + media.renditions.full.url, {
    headers: { authorization: `Bearer ${receiver.token}` },
  });
  expect(full.headers.get("cache-control")).toBe("private, no-store");
  const meanwhile = sumOf([
    await askEverything(server.url, receiver.token, media, ["list", "original"]),
    await askEverything(server.url, device.token, media),
    await askEverything(server.url, sender.token, media),
  ]);
  await must(server.url, receiver, "messages.closeOnce", at);
  const after = sumOf(
    await Promise.all(
      [sender, receiver, device].map(async ({ token }) => await askEverything(server.url, token, media)),
    ),
  );
  const views = await Promise.all(
    [sender, receiver, device].map(async (who) => await readEverything(who, at.conversationId, at.messageId)),
  );
  const leaks = [...views, JSON.stringify(other.events), JSON.stringify(theirs.events)].filter((view) =>
    view.includes(canary),
  ).length;
  const { found } = await columnsHolding(server.database.sql, canary);
  const rows = await server.database.sql`select 1 from renditions where media_id = ${media.id}`;
  console.log(
    `T7 view once: ${meanwhile.attempts} requests beside the one look: ${meanwhile.bytes} bytes; ${after.attempts} after it: ${after.bytes} bytes; its text in ${found.length} columns and ${leaks} answers`,
  );
  expect({ meanwhile: meanwhile.given, after: after.given, leaks, found, rows: rows.length }).toEqual({
    meanwhile: 0,
    after: 0,
    leaks: 0,
    found: [],
    rows: 0,
  });
  const tombstone = await must(server.url, sender, "messages.get", at);
  expect(tombstone).toMatchObject({ text: "", media: [], gone: "opened" });
  expect((await call(server.url, receiver, "messages.openOnce", at)).problem?.code).toBe("expired");
  expect(await must(server.url, receiver, "messages.closeOnce", at)).toEqual({});
}, 60_000);

test("C19 the minute ends it by itself: from then on no byte, also before the round that deletes them", async () => {
  const { sender, receiver } = await twoFriends();
  const { media, at } = await sendOnce(sender, receiver.id);
  if (!media) throw new Error("the photo is ready");
  await must(server.url, receiver, "messages.openOnce", at);
  await server.database.sql`update once_views set expires_at = now()`;
  // Before any round has come by.
  const asked = await askEverything(server.url, receiver.token, media);
  expect(asked.given).toBe(0);
  expect((await call(server.url, receiver, "messages.openOnce", at)).problem?.code).toBe("expired");
  await until(
    "the round deleted it",
    async () => (await must(server.url, sender, "messages.get", at)).gone === "opened",
  );
  const left = await server.database.sql`select 1 from media where id = ${media.id}`;
  expect(left).toHaveLength(0);
}, 30_000);

test("C19 in a group each opens it once, and it goes when the last one did; a text as well", async () => {
  const [sender, first, second] = (await addPeople(server.database, 3)) as [Somebody, Somebody, Somebody];
  const { id: conversationId } = await makeApiGroup(server, [sender, first, second]);
  const sent = await must(server.url, sender, "messages.send", {
    conversationId,
    clientId: "o",
    text: "psst",
    viewOnce: true,
    mentionIds: [second.id],
  });
  const at = { conversationId, messageId: sent.id };
  // Whom it names is a part of what it says.
  expect(JSON.stringify(await must(server.url, first, "messages.get", at))).not.toContain(second.id);
  expect((await must(server.url, first, "messages.openOnce", at)).text).toBe("psst");
  await passMinute();
  await until(
    "his look ended",
    async () =>
      (
        await server.database
          .sql`select 1 from once_views where seq = ${sent.seq} and conversation_id = ${conversationId}`
      ).length === 0,
  );
  const still = await must(server.url, sender, "messages.get", at);
  expect(still.viewOnce).toEqual({ kind: "text", openedBy: [first.id], mayOpen: false });
  expect((await must(server.url, second, "messages.get", at)).viewOnce).toEqual({
    kind: "text",
    openedBy: [],
    mayOpen: true,
  });
  expect((await must(server.url, second, "messages.openOnce", at)).text).toBe("psst");
  await must(server.url, second, "messages.closeOnce", at);
  expect((await must(server.url, first, "messages.get", at)).gone).toBe("opened");
}, 30_000);

test("C19 R18 R21 it goes with every byte when the last one who could open it leaves the group, or deletes their account", async () => {
  const [sender, first, second] = (await addPeople(server.database, 3)) as [Somebody, Somebody, Somebody];
  const { id: conversationId } = await makeApiGroup(server, [sender, first, second]);
  const drawn = await drawPhoto({ seed: 77, width: 800, height: 600 });
  const mediaIds = [await uploadPhoto(server.url, sender, drawn)];
  const input = { conversationId, clientId: "left", text: "", mediaIds, viewOnce: true };
  const sent = await must(server.url, sender, "messages.send", input);
  const inGroup = { conversationId, messageId: sent.id };
  const gone = async (at: typeof inGroup) => (await must(server.url, sender, "messages.get", at)).gone;
  await must(server.url, first, "messages.openOnce", inGroup);
  await must(server.url, first, "messages.closeOnce", inGroup);
  await must(server.url, sender, "messages.send", { conversationId, clientId: "s", text: "searched" });
  const scopes = async () =>
    (await server.database.sql`select 1 from search_scopes where person_id = ${second.id}`).length;
  await until("the group is searched", async () => (await scopes()) === 1);
  expect(await gone(inGroup)).toBeUndefined();
  await must(server.url, second, "conversations.leave", { conversationId });
  await until("it went with the last receiver", async () => (await gone(inGroup)) === "opened");
  expect(await scopes()).toBe(0);

  const leaver = await signUpPerson(server.url, `leaver${process.pid}`, "a long enough password");
  await befriendAll(server.database.sql, [[sender, leaver]]);
  const direct = await sendOnce(sender, leaver.id);
  await must(server.url, leaver, "me.delete", { password: "a long enough password" });
  await until("it went with the account", async () => (await gone(direct.at)) === "expired");
  await until("and the looks that ended it", async () => {
    const rows = await server.database.sql`select 1 from once_views where person_id in (${second.id}, ${leaver.id})`;
    return rows.length === 0;
  });
  const kept = await server.database.sql`select 1 from media where id in (${mediaIds[0]}, ${direct.media?.id})`;
  expect(kept).toHaveLength(0);
}, 30_000);

test("C19 T9 between two of whom one blocked the other opening is told to nobody, and what was opened still goes", async () => {
  for (const blocker of ["sender", "receiver"] as const) {
    const { sender, receiver } = await twoFriends();
    const { media, at } = await sendOnce(sender, receiver.id);
    if (!media) throw new Error("the photo is ready");
    if (blocker === "sender") await must(server.url, sender, "blocks.block", { personId: receiver.id });
    else await must(server.url, receiver, "blocks.block", { personId: sender.id });
    const seen = async () =>
      JSON.stringify(
        await must(server.url, sender, "messages.changes", { conversationId: at.conversationId, after: 0 }),
      );
    const before = await seen();
    await must(server.url, receiver, "messages.openOnce", at);
    expect((await must(server.url, receiver, "messages.get", at)).viewOnce?.mayOpen).toBe(false);
    await must(server.url, receiver, "messages.closeOnce", at);
    expect(await seen()).toBe(before);
    expect(await server.database.sql`select 1 from media where id = ${media.id}`).toHaveLength(0);
    expect((await call(server.url, receiver, "messages.openOnce", at)).problem?.code).toBe("expired");
  }
}, 60_000);

test("C19 one that is unsent, or that nobody opened for fourteen days, opens no more; a stranger's cannot be one", async () => {
  const { sender, receiver } = await twoFriends();
  const unsent = await sendOnce(sender, receiver.id);
  await must(server.url, sender, "messages.unsend", unsent.at);
  expect((await call(server.url, receiver, "messages.openOnce", unsent.at)).problem?.code).toBe("expired");
  const old = await sendOnce(sender, receiver.id);
  const days = (Date.parse(old.message.expiresAt ?? "") - Date.parse(old.message.createdAt)) / 86_400_000;
  expect(days).toBe(14);
  await server.database.sql`update messages set expires_at = now() where id = ${old.message.id}`;
  expect((await call(server.url, receiver, "messages.openOnce", old.at)).problem?.code).toBe("expired");
  expect((await must(server.url, receiver, "messages.get", old.at)).gone).toBe("expired");
  const [stranger, someone] = (await addPeople(server.database, 2)) as [Somebody, Somebody];
  const asked = await call(server.url, stranger, "messages.sendToPerson", {
    personId: someone.id,
    clientId: "s",
    text: "psst",
    viewOnce: true,
  });
  expect(asked.problem?.code).toBe("request_text_only");
  const plain = await must(server.url, sender, "messages.sendToPerson", {
    personId: receiver.id,
    clientId: "plain",
    text: "plain",
  });
  const atPlain = { conversationId: plain.message.conversationId, messageId: plain.message.id };
  expect((await call(server.url, receiver, "messages.openOnce", atPlain)).problem?.code).toBe("not_found");
  expect((await call(server.url, stranger, "messages.openOnce", old.at)).problem?.code).toBe("not_found");
}, 60_000);

test("C19 two devices that open it at once: one of them does", async () => {
  const { sender, receiver, device } = await twoFriends();
  let both = 0;
  const rounds = 30;
  for (let round = 0; round < rounds; round += 1) {
    const { at } = await sendOnce(sender, receiver.id, { photo: false, text: "psst" });
    const answers = await Promise.all(
      [receiver, device].map(async (who) => await call(server.url, who, "messages.openOnce", at)),
    );
    if (answers.filter((answer) => answer.status === 200).length !== 1) both += 1;
  }
  console.log(`C19: ${rounds} messages opened on two devices at once: ${both} not opened exactly once`);
  expect(both).toBe(0);
}, 60_000);
