import { toSottoError } from "./error.ts";
import type { Http } from "./http.ts";
import type { Sotto } from "./interface.ts";
import type { MediaReady } from "./media-ready.ts";
import type { UploadWatch } from "./outbox.ts";
import { slots } from "./slots.ts";
import type { StoredAttachment } from "./store/storage.ts";
import { nameOf, upload } from "./upload.ts";

const uploadsAtOnce = 3;

/** Bytes to the server, and the wait until they are a photo; a few at a time. */
export class Uploads {
  private readonly http: Http;
  private readonly ready: MediaReady;
  private readonly slot = slots(uploadsAtOnce);

  constructor(options: { http: Http; ready: MediaReady }) {
    this.http = options.http;
    this.ready = options.ready;
  }

  async bring(file: Blob, options: NonNullable<Parameters<Sotto["upload"]>[1]>): Promise<string> {
    const { signal, onProgress } = options;
    const progress = (uploadedBytes: number) => onProgress?.(uploadedBytes, file.size);
    const task = { http: this.http, file, name: nameOf(file), onProgress: progress, ...(signal && { signal }) };
    const mediaId = await this.slot(() => upload(task));
    await this.ready.wait(mediaId, signal);
    return mediaId;
  }

  /** For the outbox, which keeps what a later attempt needs. */
  async bringAttachment(attachment: StoredAttachment, watch: UploadWatch): Promise<string> {
    const { file, name, uploadUrl, mediaId: known } = attachment;
    if (known !== undefined || !file) return this.awaitKnown(known ?? "", watch.signal);
    const task = { http: this.http, file, name, ...watch, ...(uploadUrl !== undefined && { uploadUrl }) };
    const mediaId = await this.slot(() => upload(task));
    watch.onUploaded(mediaId);
    await this.ready.wait(mediaId, watch.signal);
    return mediaId;
  }

  /** Of an earlier attempt, which may have been sent and even unsent since: then the send's answer says so (R13). */
  private async awaitKnown(mediaId: string, signal: AbortSignal): Promise<string> {
    await this.ready.wait(mediaId, signal).catch((error: unknown) => {
      if (toSottoError(error).code !== "not_found") throw error;
    });
    return mediaId;
  }
}
