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

export function photosOf(messages: readonly Message[], label: (message: Message) => string): ShownPhoto[] {
  return messages.flatMap((message) =>
    message.media.map((media) => ({
      messageId: message.id,
      media,
      caption: message.text,
      label: label(message),
      fileName: fileName(message, media),
    })),
  );
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

function fileName(message: Message, media: Media): string {
  const at = message.createdAt.slice(0, 19).replace(/[:T]/g, "-");
  return `sotto-${at}.${extensions[media.renditions.original.mimeType] ?? "jpg"}`;
}
