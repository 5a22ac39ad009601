import type { MediaState } from "@sotto/protocol/types.ts";
import type { Call } from "./call.ts";
import { deferred } from "./deferred.ts";
import { localError, SottoError, toSottoError, actionOf } from "./error.ts";

const firstPollMs = 250;
const longestPollMs = 4_000;

/** Waits for uploads to become photos: by the socket's `media` event, and by asking, for who missed it. */
export class MediaReady {
  private readonly call: Call;
  private readonly waiting = new Map<string, Set<(state: MediaState) => void>>();

  constructor(options: { call: Call }) {
    this.call = options.call;
  }

  event(state: MediaState): void {
    for (const listener of this.waiting.get(state.id) ?? []) listener(state);
  }

  /** Resolves when it is ready; throws the server's refusal of the photo, and the signal's reason. */
  async wait(mediaId: string, signal?: AbortSignal): Promise<void> {
    const told = this.listen(mediaId);
    try {
      let delayMs = firstPollMs;
      let state: MediaState | undefined;
      while (!isSettled(state)) {
        signal?.throwIfAborted();
        state = await Promise.race([told.state, this.ask(mediaId, delayMs)]);
        delayMs = Math.min(longestPollMs, delayMs * 2);
      }
      refuseFailed(state);
    } finally {
      told.stop();
    }
  }

  private listen(mediaId: string) {
    const { promise, resolve } = deferred<MediaState>();
    const listener = (state: MediaState) => {
      if (isSettled(state)) resolve(state);
    };
    const listeners = this.waiting.get(mediaId) ?? new Set();
    this.waiting.set(mediaId, listeners.add(listener));
    const stop = () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.waiting.delete(mediaId);
    };
    return { state: promise, stop };
  }

  private async ask(mediaId: string, delayMs: number): Promise<MediaState | undefined> {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    try {
      return await this.call("media.get", { mediaId });
    } catch (error) {
      const action = actionOf(toSottoError(error).code);
      if (action === "retry" || action === "wait") return undefined;
      throw error;
    }
  }
}

function isSettled(state: MediaState | undefined): state is MediaState {
  return state?.state === "ready" || state?.state === "failed";
}

function refuseFailed(state: MediaState): void {
  if (state.state !== "failed") return;
  const { code, detail } = state.error ?? { code: "damaged_media" as const, detail: "This photo could not be read." };
  throw new SottoError({ ...localError(code).problem, detail });
}
