import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Media } from "@sotto/protocol/types.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addPeople, befriendAll, must, type Somebody } from "./api-kit.ts";
import { uploadPhoto } from "./upload-photo.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

/** Every way to ask for a rendition's bytes, with what a former viewer still has of it. */
function requests(etag: string): RequestInit[] {
  const validators: Record<string, string>[] = [
    {},
    { "if-none-match": etag },
    { "if-none-match": "*" },
    { range: "bytes=0-99" },
    { range: "bytes=0-99", "if-range": etag },
  ];
  return validators.flatMap((headers) => ["GET", "HEAD"].map((method) => ({ method, headers })));
}

/** Bytes, or the word that one's copy is still good, for whoever holds this token: the number of answers that gave either. */
async function reached(
  token: string | null,
  media: Media,
): Promise<{ attempts: number; given: number; bytes: number }> {
  const total = { attempts: 0, given: 0, bytes: 0 };
  for (const { url } of Object.values(media.renditions)) {
    for (const request of requests('"whatever it was"')) {
      const headers = {
        ...(request.headers as Record<string, string>),
        ...(token !== null && { authorization: `Bearer ${token}` }),
      };
      const answer = await fetch(server.url + url, { ...request, headers });
      const body = await answer.arrayBuffer();
      total.attempts += 1;
      if (answer.status < 400) {
        total.given += 1;
        total.bytes += body.byteLength;
      }
    }
  }
  return total;
}

test("T2 a photo's addresses, replayed by others, after the session's end and after unsend: no bytes", async () => {
  const [sender, friend, stranger] = (await addPeople(server.database, 3)) as [Somebody, Somebody, Somebody];
  await befriendAll(server.database.sql, [[sender, friend]]);
  const mediaId = await uploadPhoto(
    server.url,
    sender,
    await drawPhoto({ seed: 7, width: 1200, height: 900, exif: true }),
  );
  const sent = await must(server.url, sender, "messages.sendToPerson", {
    personId: friend.id,
    clientId: "p",
    text: "",
    mediaIds: [mediaId],
  });
  const [media] = sent.message.media;
  if (!media) throw new Error("the message has its photo");
  expect((await reached(friend.token, media)).bytes).toBeGreaterThan(10_000);

  const replays = [
    await reached(stranger.token, media),
    await reached(null, media),
    await reached("A".repeat(43), media),
  ];
  await must(server.url, friend, "auth.signOut", {});
  replays.push(await reached(friend.token, media));
  await must(server.url, sender, "messages.unsend", {
    conversationId: sent.message.conversationId,
    messageId: sent.message.id,
  });
  replays.push(await reached(sender.token, media), await reached(stranger.token, media));
  const attempts = replays.reduce((sum, one) => sum + one.attempts, 0);
  const given = replays.reduce((sum, one) => sum + one.given, 0);
  const bytes = replays.reduce((sum, one) => sum + one.bytes, 0);
  console.log(
    `T2: ${attempts} replays by a second account, without a session, after its end and after unsend: ${given} answered, ${bytes} bytes`,
  );
  expect({ given, bytes }).toEqual({ given: 0, bytes: 0 });
}, 60_000);
