import type { Device } from "./device.ts";
import { okOf } from "../history.ts";
import type { MediaState } from "@sotto/protocol/types.ts";

const readyWithinMs = 20_000;

/** A photo by tus in one request; its id, or null when the network or the server had other plans: then it is left behind. */
export async function uploadPhoto(url: string, token: string, bytes: Uint8Array): Promise<string | null> {
  try {
    const response = await fetch(`${url}/v1/uploads`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "tus-resumable": "1.0.0",
        "upload-length": String(bytes.length),
        "content-type": "application/offset+octet-stream",
        connection: "close",
      },
      body: new Uint8Array(bytes),
      signal: AbortSignal.timeout(8_000),
    });
    await response.arrayBuffer();
    return response.status === 201 ? (response.headers.get("location")?.split("/").at(-1) ?? null) : null;
  } catch {
    return null;
  }
}

export async function untilReady(device: Device, mediaId: string, goOn: () => boolean): Promise<boolean> {
  const giveUpMs = performance.now() + readyWithinMs;
  while (performance.now() < giveUpMs && goOn()) {
    const state = okOf<MediaState>(await device.call("media", "media.get", { mediaId }))?.state;
    if (state === "ready" || state === "failed") return state === "ready";
    await Bun.sleep(250);
  }
  return false;
}
