import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { LinkPreview, Media } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { readWebUrl } from "../guard/target.ts";
import type { Seen } from "./look.ts";
import type { LookProcesses } from "./look-process.ts";
import { findWaiting, insertPreview, type PreviewRow } from "./store.ts";

export interface CreateDeps {
  sql: Sql;
  looks: LookProcesses;
  /** `host:port` inside the network that the operator lets through. */
  allow: readonly string[];
  /** Given by `media/`. */
  media: {
    views: (mediaIds: readonly string[]) => Promise<Map<string, Media>>;
    fetched: (image: { ownerId: string; bytes: Uint8Array; waitMs: number }) => Promise<Media | null>;
    purge: (tx: Sql, mediaIds: readonly string[]) => Promise<void>;
    deleteBlobs: () => Promise<void>;
  };
  now: () => Date;
}

interface Asked {
  ownerId: string;
  url: string;
}

type Answer = CommandOutput<"linkPreviews.create">;

/**
 * Looks at an address for whoever writes it: kept → look (a process of its own) → image (the photo pipeline) → keep. What one
 * person's look found is never shown to another, who could tell by its speed that somebody had asked.
 */
export async function createPreview(deps: CreateDeps, asked: Asked): Promise<Answer | Refusal> {
  if (readWebUrl(asked.url) === null) return nothing;
  const kept = await findWaiting(deps.sql, { ...asked, now: deps.now() });
  if (kept !== null) return await show(deps, kept);
  const dir = await mkdtemp(join(tmpdir(), "sotto-preview-"));
  try {
    const imageFile = join(dir, "image");
    const seen = await deps.looks.look({ url: asked.url, allow: deps.allow, imageFile }, asked.ownerId);
    if (seen === "busy") return refuse("unavailable", { retryAt: new Date(deps.now().getTime() + busyMs) });
    return seen === null ? nothing : await keep(deps, asked, { ...seen, imageFile });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const nothing: Answer = { previewId: null, preview: null };
const busyMs = 5_000;
/** Somebody is writing meanwhile: an image that takes longer is left out. */
const imageWaitMs = 6_000;

async function keep(deps: CreateDeps, asked: Asked, seen: Seen & { imageFile: string }): Promise<Answer> {
  const { imageFile, hasImage, ...words } = seen;
  const image = hasImage
    ? await deps.media.fetched({
        ownerId: asked.ownerId,
        bytes: await Bun.file(imageFile).bytes(),
        waitMs: imageWaitMs,
      })
    : null;
  const row: PreviewRow = { id: Bun.randomUUIDv7(), url: asked.url, ...words, mediaId: image?.id ?? null };
  await deps.sql.begin(async (tx) => {
    await deps.media.purge(tx, await insertPreview(tx, { ...row, ownerId: asked.ownerId, now: deps.now() }));
  });
  await deps.media.deleteBlobs();
  return { previewId: row.id, preview: toView(row, image) };
}

async function show({ media }: CreateDeps, row: PreviewRow): Promise<Answer> {
  const views = row.mediaId === null ? null : await media.views([row.mediaId]);
  return { previewId: row.id, preview: toView(row, views?.get(row.mediaId ?? "") ?? null) };
}

function toView({ url, host, title, description, siteName }: PreviewRow, image: Media | null): LinkPreview {
  return { url, host, title, description, siteName, image };
}
