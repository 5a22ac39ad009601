import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { drawPhoto } from "./drawn-photo.ts";
import { startTestMedia, type TestMedia } from "../../test/media-kit.ts";

let kit: TestMedia;
beforeAll(async () => {
  kit = await startTestMedia();
}, 60_000);
afterAll(async () => kit[Symbol.asyncDispose]());

test("C28 C32 R22: a photo goes from upload to three renditions, upright, with a placeholder and without a place", async () => {
  const owner = await kit.addPerson();
  const source = await drawPhoto({ seed: 3, width: 4000, height: 3000, exif: true, orientation: 6 });
  const began = performance.now();
  const id = await kit.upload(owner, source);
  const uploaded = performance.now();
  expect((await kit.settled(id)).state).toBe("ready");
  console.log(
    `12 MP, ${source.length} bytes: uploaded in ${(uploaded - began).toFixed(0)} ms, ready ${(performance.now() - uploaded).toFixed(0)} ms later`,
  );

  const view = (await kit.media.views([id])).get(id);
  expect(view).toMatchObject({ id, kind: "photo", width: 3000, height: 4000, animated: false });
  expect(view?.renditions.list).toMatchObject({ width: 720, height: 960, mimeType: "image/jpeg" });
  expect(view?.renditions.full).toMatchObject({ width: 1536, height: 2048, mimeType: "image/jpeg" });
  expect(Buffer.from(view?.placeholder ?? "", "base64").length).toBeGreaterThan(10);
  expect(kit.told).toContainEqual({ ownerId: owner, media: { id, state: "ready", media: view } });

  const original = new Uint8Array(await (await kit.fetch(owner, id, "original")).arrayBuffer());
  expect(original.length).toBe(view?.renditions.original.sizeBytes ?? 0);
  expect(await sharp(original).raw().toBuffer()).toEqual(await sharp(source).raw().toBuffer());
  expect((await sharp(original).metadata()).orientation).toBe(6);
  for (const secret of ["Lumenwerk", "L 28mm", "2026:0"]) expect(Buffer.from(original).includes(secret)).toBe(false);
  expect(readdirSync(join(kit.dataDir, "quarantine"))).toEqual([]);
});

test("T13: what is no photo fails with its code, and nothing of it is kept", async () => {
  const owner = await kit.addPerson();
  const files: [string, string][] = [
    ['<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "unsupported_media"],
    ["<!doctype html><title>x</title>", "unsupported_media"],
    ["%PDF-1.7\n", "unsupported_media"],
    ["GIF89a/*<svg onload=alert(1)>*/=1;", "damaged_media"],
    ["\u00ff\u00d8\u00ff\u00e0 no photo", "damaged_media"],
  ];
  for (const [text, code] of files) {
    const id = await kit.upload(owner, Buffer.from(text, "latin1"));
    const state = await kit.settled(id);
    expect([text, state.error?.code]).toEqual([text, code]);
    for (const rendition of ["list", "full", "original"])
      expect((await kit.fetch(owner, id, rendition)).status).toBe(404);
    expect(readdirSync(join(kit.dataDir, "quarantine"))).toEqual([]);
  }
});
