import type { Media } from "@sotto/protocol/types.ts";
import { expect, test } from "bun:test";
import { photoFileName } from "./shown-photo.ts";

test("C32: a download is named by who sent it and when, without a sign that a file system refuses", () => {
  const createdAt = new Date(2026, 4, 20, 9, 2, 5).toISOString();
  const named = (senderName: string, at = 0) => photoFileName({ createdAt, senderName, media: heic, at });
  expect(named("Inês Duarte")).toBe("Inês Duarte 2026-05-20 09-02-05.heic");
  expect(named("ليلى", 1)).toBe("ليلى 2026-05-20 09-02-05 2.heic");
  expect(named('../..\\ a:b*"<x>|?')).toBe("abx 2026-05-20 09-02-05.heic");
  expect(named("\u202E🔥")).toBe("Sotto 2026-05-20 09-02-05.heic");
});

const rendition = { url: "", width: 1, height: 1, sizeBytes: 1, mimeType: "image/heic" };
const heic: Media = {
  id: "m",
  kind: "photo",
  width: 1,
  height: 1,
  animated: false,
  placeholder: "",
  renditions: { list: rendition, full: rendition, original: rendition },
};
