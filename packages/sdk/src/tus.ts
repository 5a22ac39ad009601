import { DetailedError, Upload, type UploadOptions as TusOptions } from "tus-js-client";
import { deferred } from "./deferred.ts";
import { localError, problemFrom, SottoError } from "./error.ts";
import { mediaIdFrom, type UploadOptions } from "./upload.ts";
import { waits } from "./waits.ts";

/** What goes with the creation, to save a round trip: a whole photo most of the time. The rest follows in one request. */
const firstChunkBytes = 1024 * 1024;
const retryDelaysMs = [300, 1_000, 3_000];

export async function tusUpload(options: UploadOptions): Promise<string> {
  options.signal?.throwIfAborted();
  const { promise, resolve, reject } = deferred<string>();
  const stall = stallWatch(options.file, () => {
    const detail = "The connection stands still.";
    void task.abort().finally(() => reject(localError("unavailable", { detail })));
  });
  const task: Upload = new Upload(options.file, {
    ...toTusOptions(options),
    onProgress(uploadedBytes) {
      stall.moved();
      options.onProgress?.(uploadedBytes);
    },
    onUploadUrlAvailable: () => {
      // An interrupted request keeps what arrived, so there is no need for more chunks.
      task.options.chunkSize = Number.POSITIVE_INFINITY;
      if (task.url) options.onUrl?.(task.url);
    },
    onSuccess: () => resolve(mediaIdFrom(task.url ?? "")),
    onError: (error) => reject(toError(error)),
  });
  const stop = () => void task.abort().finally(() => reject(options.signal?.reason));
  options.signal?.addEventListener("abort", stop, { once: true });
  task.start();
  return promise.finally(() => {
    stall.end();
    options.signal?.removeEventListener("abort", stop);
  });
}

/** How often an upload of this file stood still. */
const stalls = new WeakMap<Blob, number>();
const mostDoublings = 5;

/**
 * Calls `onStall` once, when nothing moved for a while. What moved is what the browser handed on, not what arrived: a slow line that
 * swallowed much of it looks the same as one that is dead, so each time the same file has twice as long.
 */
function stallWatch(file: Blob, onStall: () => void): { moved: () => void; end: () => void } {
  const before = stalls.get(file) ?? 0;
  const limitMs = waits.uploadStallMs * 2 ** Math.min(before, mostDoublings);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const moved = () => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(stalled, limitMs);
  };
  const end = () => {
    ended = true;
    clearTimeout(timer);
  };
  const stalled = () => {
    stalls.set(file, before + 1);
    onStall();
  };
  moved();
  return { moved, end };
}

function toTusOptions(options: UploadOptions): TusOptions {
  return {
    endpoint: `${options.http.url}/v1/uploads`,
    headers: options.http.headers,
    metadata: { filename: options.name },
    chunkSize: firstChunkBytes,
    uploadDataDuringCreation: true,
    retryDelays: retryDelaysMs,
    // The outbox keeps the address, with the message it belongs to.
    storeFingerprintForResuming: false,
    onShouldRetry: (error) => isPassing(error.originalResponse?.getStatus()),
    ...(options.uploadUrl !== undefined && { uploadUrl: options.uploadUrl }),
    ...(typeof document === "undefined" && { fileReader: { openFile: async (file: Blob) => blobSource(file) } }),
  };
}

/** Outside the browser, tus-js-client knows no Blob. */
function blobSource(file: Blob) {
  return {
    size: file.size,
    async slice(start: number, end: number) {
      const bytes = new Uint8Array(await file.slice(start, end).arrayBuffer());
      // It measures what it sends by `size`, which only a Blob has by itself.
      return { value: Object.assign(bytes, { size: bytes.byteLength }), done: end >= file.size };
    },
    close: () => undefined,
  };
}

/** No answer, a server that restarts, or a lock that an interrupted request still holds. */
function isPassing(status: number | undefined): boolean {
  return status === undefined || status === 0 || status === 409 || status === 423 || (status >= 500 && status !== 507);
}

function toError(error: unknown): SottoError {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  if (!response || status === 0)
    return localError("unavailable", { detail: "The upload was interrupted.", cause: error });
  return new SottoError(problemFrom(status, response.getBody(), response.getHeader("x-request-id")), { cause: error });
}
