import { expect, test } from "bun:test";
import type { Media, Message } from "@sotto/protocol/types.ts";
import * as fc from "fast-check";
import { encode } from "../encoded.ts";
import { encodeBoth, SentMessage } from "./sent-message.ts";

const photo: Media = {
  id: Bun.randomUUIDv7(),
  kind: "photo",
  width: 4,
  height: 3,
  animated: false,
  placeholder: 'q"\\',
  renditions: { list: rendition(1), full: rendition(2), original: rendition(3) },
};

function rendition(n: number) {
  return { url: `/v1/media/${n}`, width: n, height: n, sizeBytes: n, mimeType: "image/jpeg" };
}

function message(text: string, media: Media[] = [], unsentAt: string | null = null): Message {
  const ids = { id: Bun.randomUUIDv7(), conversationId: Bun.randomUUIDv7(), senderId: Bun.randomUUIDv7() };
  const { id, conversationId, senderId } = ids;
  return {
    id,
    conversationId,
    seq: 7,
    change: 2 ** 40,
    senderId,
    text,
    media,
    createdAt: new Date().toISOString(),
    unsentAt,
  };
}

test("what is pasted together is what JSON.stringify makes", () => {
  const all = [message('"\\\n\u2028'), message("", [photo]), message("", [], new Date().toISOString())];
  for (const one of all) {
    expect(encodeBoth(one, "c-1").theirs).toBe(JSON.stringify(one));
    expect(encodeBoth(one, "c-1").own).toBe(JSON.stringify({ ...one, clientId: "c-1" }));
  }
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const one = message(text);
      expect(JSON.parse(encodeBoth(one, "c").theirs)).toEqual(JSON.parse(JSON.stringify(one)));
    }),
  );
});

test("a message carries its JSON, which shows nowhere else", () => {
  const one = message("hello");
  const { own } = encodeBoth(one, "c");
  const sent = new SentMessage(one, "c", own);
  expect(encode(sent)).toBe(own);
  expect(JSON.parse(JSON.stringify({ message: sent }))).toEqual({ message: { ...one, clientId: "c" } });
  expect(encode(one)).toBe(JSON.stringify(one));
});
