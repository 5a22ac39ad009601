import type { Message } from "@sotto/protocol/types.ts";
import { photosOf } from "./shown-photo.ts";

/** The originals of a message, named by who sent them and when. */
export function downloadOriginals(message: Message, senderName: string): void {
  for (const { media, fileName } of photosOf([message], () => ({ label: "", senderName }))) {
    const link = document.createElement("a");
    link.href = media.renditions.original.url;
    link.download = fileName;
    link.click();
  }
}
