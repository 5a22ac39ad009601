import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { insideListeners } from "../src/guard/inside-listeners.ts";
import { outsidePage, type OutsidePage } from "../src/guard/outside-page.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addPeople, addTwo, befriendAll, call, must, type Somebody } from "./api-kit.ts";
import { htmlPage, pageServer, type PageServer } from "./page-server.ts";

let site: PageServer;
/** Sends whoever comes on to the site. */
let elsewhere: OutsidePage;
let server: TestServer;
beforeAll(async () => {
  site = await pageServer();
  elsewhere = await outsidePage((socket, path) =>
    socket.end(`HTTP/1.1 302 Found\r\nlocation: ${site.url(path)}\r\ncontent-length: 0\r\n\r\n`),
  );
  server = await startTestServer({ config: { allowInternal: [site.host, elsewhere.host] } });
});
afterAll(async () => {
  await server.stop();
  await elsewhere[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

async function friends(): Promise<[Somebody, Somebody]> {
  const pair = await addTwo(server.database);
  await befriendAll(server.database.sql, [pair]);
  return pair;
}

async function preview(who: Somebody, url = site.url("/story")) {
  return await must(server.url, who, "linkPreviews.create", { url });
}

let sent = 0;
async function send(from: Somebody, to: Somebody, previewId: string | null, text = `Look: ${site.url("/story")}`) {
  sent += 1;
  return await must(server.url, from, "messages.sendToPerson", {
    personId: to.id,
    clientId: `preview-${sent}`,
    text,
    ...(previewId !== null && { previewId }),
  });
}

async function statusOf(who: Somebody, mediaId: string | undefined): Promise<number> {
  const headers = { authorization: `Bearer ${who.token}` };
  return (await fetch(`${server.url}/v1/media/${mediaId}/list`, { headers })).status;
}

async function rows(mediaId: string | undefined): Promise<number> {
  const [row] = await server.database.sql`select count(*)::int as n from media where id = ${mediaId ?? null}`;
  return row.n;
}

describe("C21 link previews", () => {
  test("what a page says of itself, with its image through the photo pipeline", async () => {
    const [mira] = await friends();
    const made = await preview(mira);
    expect(made.preview).toMatchObject({
      url: site.url("/story"),
      host: site.host,
      title: "A walk by the harbour",
      description: "Forty photos of one grey morning.",
      image: { kind: "photo", width: 1200, height: 630, renditions: { list: { width: 960 } } },
    });
    expect(await statusOf(mira, made.preview?.image?.id)).toBe(200);
  });

  test("sent with its message, shown to its receiver in every read, gone with unsend (R9, T6, R21)", async () => {
    const [mira, tomas] = await friends();
    const { previewId, preview: shown } = await preview(mira);
    const { message } = await send(mira, tomas, previewId);
    const mediaId = message.preview?.image?.id;
    expect(message.preview).toEqual(shown ?? undefined);
    expect(message.media).toEqual([]);
    const { conversationId } = message;
    const list = await must(server.url, tomas, "messages.list", { conversationId });
    expect(list.items.at(-1)?.preview).toEqual(shown ?? undefined);
    expect([await statusOf(tomas, mediaId), await statusOf(mira, mediaId)]).toEqual([200, 200]);
    const [stranger] = await addPeople(server.database, 1);
    expect(stranger && (await statusOf(stranger, mediaId))).toBe(404);

    await must(server.url, mira, "messages.unsend", { conversationId, messageId: message.id });
    const after = await must(server.url, tomas, "messages.list", { conversationId });
    expect(JSON.stringify(after)).not.toContain("harbour");
    expect([await statusOf(tomas, mediaId), await statusOf(mira, mediaId), await rows(mediaId)]).toEqual([404, 404, 0]);
  });

  test("R13 a send that comes again takes nothing more", async () => {
    const [mira, tomas] = await friends();
    const { previewId } = await preview(mira);
    const input = { personId: tomas.id, clientId: "again", text: site.url("/story"), previewId: previewId ?? "" };
    const first = await must(server.url, mira, "messages.sendToPerson", input);
    const second = await must(server.url, mira, "messages.sendToPerson", input);
    expect(second.message.id).toBe(first.message.id);
    expect(second.message.preview).toEqual(first.message.preview);
  });

  test("R3 not in a request: refused with it, sent without it", async () => {
    const [stranger, tomas] = await addTwo(server.database);
    const { previewId } = await preview(stranger);
    const input = { personId: tomas.id, clientId: "request", text: site.url("/story") };
    const refused = await call(server.url, stranger, "messages.sendToPerson", { ...input, previewId: previewId ?? "" });
    expect(refused.problem?.code).toBe("request_text_only");
    const { message } = await must(server.url, stranger, "messages.sendToPerson", input);
    expect(message.preview).toBeUndefined();
  });

  test("another's preview, a used one and one whose address is not in the text: the message goes without", async () => {
    const [mira, tomas] = await friends();
    const { previewId } = await preview(mira);
    expect((await send(tomas, mira, previewId)).message.preview).toBeUndefined();
    expect((await send(mira, tomas, previewId, "no address")).message.preview).toBeUndefined();
    expect((await send(mira, tomas, previewId)).message.preview).toBeDefined();
    expect((await send(mira, tomas, previewId)).message.preview).toBeUndefined();
    expect((await send(mira, tomas, Bun.randomUUIDv7())).message.preview).toBeUndefined();
  });

  test("T21 a preview lends its face to no other address: not as a part of one, and not by sending the server on", async () => {
    const [mira, tomas] = await friends();
    const others = [`${site.url("/story")}.evil.example`, `http://evil.example/?${site.url("/story")}`];
    for (const text of others) {
      const { previewId } = await preview(mira);
      expect((await send(mira, tomas, previewId, text)).message.preview).toBeUndefined();
    }
    const { previewId } = await preview(mira);
    const { message } = await send(mira, tomas, previewId);
    const { conversationId, id: messageId } = message;
    const edited = await must(server.url, mira, "messages.edit", { conversationId, messageId, text: others.join(" ") });
    expect([message.preview !== undefined, edited.preview]).toEqual([true, undefined]);
    const ledOn = await preview(mira, elsewhere.url("/story"));
    expect(ledOn.preview).toMatchObject({ title: "A walk by the harbour", host: `${elsewhere.host} → ${site.host}` });
  });

  test("R17 an edit keeps it, exchanges it or takes it away, with its image; a forward has it for itself (R9)", async () => {
    const [mira, tomas] = await friends();
    const first = await preview(mira);
    const { message } = await send(mira, tomas, first.previewId);
    const { conversationId, id: messageId } = message;
    const edit = async (text: string, previewId?: string | null) =>
      await must(server.url, mira, "messages.edit", {
        conversationId,
        messageId,
        text,
        ...(previewId !== undefined && { previewId }),
      });
    const image = first.preview?.image?.id;
    expect((await edit(`Still ${site.url("/story")}`)).preview).toEqual(first.preview ?? undefined);

    const forwarded = await must(server.url, tomas, "messages.forward", {
      conversationId,
      messageId,
      clientId: `forward-${messageId}`,
      toConversationId: conversationId,
    });
    expect(forwarded.preview).toEqual(first.preview ?? undefined);

    site.pages.set("/other", htmlPage({ title: "Other", image: "/photo.jpg" }));
    const second = await preview(mira, site.url("/other"));
    expect((await edit(`Now ${site.url("/other")}`, second.previewId)).preview).toMatchObject({ title: "Other" });
    // The forward holds the first one's image on.
    expect([await statusOf(tomas, image), await rows(image)]).toEqual([200, 1]);
    await must(server.url, tomas, "messages.unsend", { conversationId, messageId: forwarded.id });
    expect([await statusOf(tomas, image), await rows(image)]).toEqual([404, 0]);

    const other = second.preview?.image?.id;
    expect(await statusOf(tomas, other)).toBe(200);
    expect((await edit("No address any more")).preview).toBeUndefined();
    expect([await statusOf(tomas, other), await rows(other)]).toEqual([404, 0]);
    const [waiting] = await server.database.sql`
      select count(*)::int as n from blob_deletions where blob_key like ${`%${other}%`}`;
    expect(waiting.n).toBe(0);
  });

  test("one look for one person, and for each person one of their own", async () => {
    const [mira, tomas] = await friends();
    const url = site.url("/counted");
    site.pages.set("/counted", htmlPage({ title: "Counted" }));
    const made = await Promise.all([preview(mira, url), preview(mira, url), preview(mira, url)]);
    expect(new Set(made.map(({ previewId }) => previewId)).size).toBe(1);
    expect((await preview(mira, url)).previewId).toBe(made[0]?.previewId ?? "");
    expect(site.asked("/counted")).toBe(1);
    expect((await preview(tomas, url)).previewId).not.toBe(made[0]?.previewId ?? "");
    expect(site.asked("/counted")).toBe(2);
  });

  test("T18 previews that nobody sends: uploads are not kept back by them, ten stay at most, none after an hour", async () => {
    const [mira] = await friends();
    const made = [];
    for (let page = 0; page < 12; page += 1) {
      site.pages.set(`/many${page}`, htmlPage({ title: `Page ${page}`, image: "/photo.jpg" }));
      made.push(await preview(mira, site.url(`/many${page}`)));
    }
    const held = await server.database.sql`select id from link_previews where owner_id = ${mira.id}`;
    const images = made.map(({ preview: one }) => one?.image?.id);
    const left = await Promise.all(images.map(async (id) => await rows(id)));
    expect(held.length).toBe(10);
    expect(left).toEqual([0, 0, ...Array.from({ length: 10 }, () => 1)]);
    const [counted] = await server.database.sql`
      select count(*)::int as n from media where owner_id = ${mira.id} and not preview`;
    expect(counted.n).toBe(0);

    await server.database.sql`
      update link_previews set created_at = now() - interval '61 minutes' where owner_id = ${mira.id}`;
    const { previewId } = made.at(-1) ?? { previewId: null };
    const [, tomas] = await friends();
    await befriendAll(server.database.sql, [[mira, tomas]]);
    const late = await send(mira, tomas, previewId, site.url("/many11"));
    expect(late.message.preview).toBeUndefined();
    await server.database.sql`select graphile_worker.add_job('link-previews:sweep')`;
    for (let waitedMs = 0; waitedMs < 5_000 && (await rows(images.at(-1))) > 0; waitedMs += 50) await Bun.sleep(50);
    expect(await Promise.all(images.map(async (id) => await rows(id)))).toEqual(images.map(() => 0));
  });

  test("a page without anything to show, and one that is not there: nothing, and no error", async () => {
    const [mira] = await friends();
    site.pages.set("/empty", "<html><body></body></html>");
    for (const url of [site.url("/empty"), site.url("/missing"), "http://nobody.invalid/", "ftp://a.example/", "hello"])
      expect(await preview(mira, url)).toEqual({ previewId: null, preview: null });
  });

  test("T10 a page's image inside the network is not fetched, and neither is the page", async () => {
    await using inside = await insideListeners();
    const [mira] = await friends();
    const address = `http://127.0.0.1:${inside.port}/`;
    site.pages.set("/inward", htmlPage({ title: "Inward", image: address }));
    const made = await preview(mira, site.url("/inward"));
    expect(made.preview).toMatchObject({ title: "Inward", image: null });
    expect((await preview(mira, address)).previewId).toBeNull();
    console.info(`T10 image and page inside: 2 attempts, private connections = ${inside.connections()}`);
    expect(inside.connections()).toBe(0);
  });

  test("T13 an image that is none of ours leaves no image and nothing behind", async () => {
    const [mira] = await friends();
    site.pages.set("/fake.jpg", Buffer.from("<svg onload=alert(1) xmlns='http://www.w3.org/2000/svg'/>"));
    site.pages.set("/fake", htmlPage({ title: "Fake", image: "/fake.jpg" }));
    expect((await preview(mira, site.url("/fake"))).preview).toMatchObject({ title: "Fake", image: null });
    const [left] = await server.database.sql`select count(*)::int as n from media where owner_id = ${mira.id}`;
    expect(left.n).toBe(0);
  });
});
