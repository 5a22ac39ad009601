import { must, type Somebody } from "./api-kit.ts";

/** As tus does it, in one request. The medium's id, when it is ready. */
export async function uploadPhoto(url: string, who: Somebody, bytes: Uint8Array): Promise<string> {
  const created = await fetch(`${url}/v1/uploads`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${who.token}`,
      "tus-resumable": "1.0.0",
      "upload-length": String(bytes.length),
      "content-type": "application/offset+octet-stream",
    },
    body: new Uint8Array(bytes),
  });
  const mediaId = created.headers.get("location")?.split("/").at(-1) ?? "";
  for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 50) {
    if ((await must(url, who, "media.get", { mediaId })).state === "ready") return mediaId;
    await Bun.sleep(50);
  }
  throw new Error("the photo did not get ready");
}
