import type { Media } from "@sotto/protocol/types.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db/connect.ts";
import type { Publish } from "./fanout/publish.ts";
import type { Log } from "./log.ts";
import type { Blobs } from "./ports/blobs.ts";
import { refuse } from "./errors.ts";
import { problemResponse } from "./http/responses.ts";
export async function startMedia(_deps: { config: Config; database: Database; blobs: Blobs; publish: Publish; log: Log }) {
  return {
    views: async (_ids: readonly string[]) => new Map<string, Media>(),
    purge: { purge: async () => {}, deleteBlobs: async () => {} },
    handlers: { "media.get": async () => refuse("not_found"), "media.remove": async () => refuse("not_found") },
    routes: { upload: async () => problemResponse(refuse("not_found"), ""), serve: async () => problemResponse(refuse("not_found"), "") },
    stop: async () => {},
  };
}
