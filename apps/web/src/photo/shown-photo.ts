import type { Media, Message } from "@sotto/protocol/types.ts";

/** A photo with what stands around it: who sent it, and its words. */
export interface ShownPhoto {
  messageId: string;
  media: Media;
  caption: string;
  label: string;
  /** For the download. The sender's own file name is never known: it may tell more than the photo. */
  fileName: string;
}

interface PhotoWords {
  label: string;
  senderName: string;
}

export function photosOf(messages: readonly Message[], wordsOf: (message: Message) => PhotoWords): ShownPhoto[] {
  const photos: ShownPhoto[] = [];
  for (const message of messages) {
    if (message.media.length === 0) continue;
    const { label, senderName } = wordsOf(message);
    message.media.forEach((media, at) =>
      photos.push({
        messageId: message.id,
        media,
        caption: message.text,
        label,
        fileName: photoFileName({ createdAt: message.createdAt, senderName, media, at }),
      }),
    );
  }
  return photos;
}

const extensions: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/avif": "avif",
  "image/heic": "heic",
  "image/heif": "heif",
  "image/gif": "gif",
};
const nameMostChars = 40;

interface Named {
  createdAt: string;
  senderName: string;
  media: Media;
  /** Which one of its message, from 0. */
  at: number;
}

/** "Ines Moreau 2026-05-20 14-02-09.jpg": who sent it, and when by the clock of the reader. No sign that a file system refuses. */
export function photoFileName({ createdAt, senderName, media, at }: Named): string {
  const sent = new Date(createdAt);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${sent.getFullYear()}-${two(sent.getMonth() + 1)}-${two(sent.getDate())}`;
  const time = `${two(sent.getHours())}-${two(sent.getMinutes())}-${two(sent.getSeconds())}`;
  const name = senderName
    .replaceAll(/[^\p{L}\p{M}\p{N} _-]/gu, "")
    .trim()
    .slice(0, nameMostChars)
    .trim();
  const number = at === 0 ? "" : ` ${at + 1}`;
  const extension = extensions[media.renditions.original.mimeType] ?? "jpg";
  return `${name === "" ? "Sotto" : name} ${day} ${time}${number}.${extension}`;
}
