import type { Sql } from "../db/sql.ts";
import { refusalFor, refuse } from "../errors.ts";
import { problemResponse } from "../http/responses.ts";
import { BlobsAway, type Blobs } from "../ports/blobs.ts";
import { parseRange } from "./range.ts";
import { renditionNames, type RenditionName } from "./renditions.ts";

export interface ServeDeps {
  sql: Sql;
  blobs: Blobs;
}

export interface MediaCaller {
  personId: string;
  /** What opens once is served to the session that opened it (C19). */
  sessionId: string;
  requestId: string;
}

type Route = (
  request: Request,
  caller: MediaCaller,
  asked: { mediaId: string; rendition: string },
) => Promise<Response>;

/**
 * GET and HEAD of one rendition. Whether the caller may see it is asked in one query, on every request, before any validator
 * is looked at (C33, R21): a 304 costs the same check. Missing and forbidden are one answer (R27).
 */
export function serveRoute(deps: ServeDeps): Route {
  return async (request, caller, asked) => {
    const found = isAsked(asked) ? await readVisible(deps.sql, { ...caller, ...asked }) : null;
    if (found === null) return problemResponse(refuse("not_found"), caller.requestId);
    try {
      return await answer({ deps, request, found, requestId: caller.requestId });
    } catch (error) {
      // The store has said so in the log, once: not once more for each reader.
      if (error instanceof BlobsAway) return problemResponse(refusalFor(error), caller.requestId);
      throw error;
    }
  };
}

interface Found {
  name: RenditionName;
  blobKey: string;
  mimeType: string;
  sizeBytes: number;
  sha256: string;
  /** It may not be looked at again: no cache keeps it. */
  once: boolean;
}

function isAsked(asked: {
  mediaId: string;
  rendition: string;
}): asked is { mediaId: string; rendition: RenditionName } {
  return (
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(asked.mediaId) &&
    renditionNames.some((name) => name === asked.rendition)
  );
}

/**
 * The owner while no message holds it; a member to whom a message shows it; for a profile picture everybody, but not the original.
 * Of what opens once, `full` alone, to the session that opened it, while it may look: membership opens nothing there, nor does
 * having sent it.
 */
async function readVisible(
  sql: Sql,
  asked: { personId: string; sessionId: string; mediaId: string; rendition: RenditionName },
): Promise<Found | null> {
  const { personId, sessionId, mediaId, rendition } = asked;
  const [row] = await sql`
    select r.blob_key, r.mime_type, r.size_bytes::float8 as size_bytes, r.sha256, looks.once
    from renditions r join media m on m.id = r.media_id
    cross join lateral (
      select r.name = 'full' and exists (
        select 1 from message_media om
        where om.media_id = m.id
          and (select o.expires_at > now() and o.session_id = ${sessionId} from once_views o
            where o.conversation_id = om.conversation_id and o.seq = om.seq and o.person_id = ${personId})
          and (select ob.left_at is null from members ob
            where ob.conversation_id = om.conversation_id and ob.person_id = ${personId})
          and (select os.unsent_at is null and (os.expires_at is null or os.expires_at > now()) from messages os
            where os.conversation_id = om.conversation_id and os.seq = om.seq)) as once) looks
    where r.media_id = ${mediaId} and r.name = ${rendition} and m.state = 'ready' and (
      (m.owner_id = ${personId} and not exists (select 1 from message_media mm where mm.media_id = m.id))
      or exists (
        select 1 from message_media mm
        join members b on b.conversation_id = mm.conversation_id and b.person_id = ${personId}
          and b.left_at is null and mm.seq > b.visible_after_seq
        join messages s on s.conversation_id = mm.conversation_id and s.seq = mm.seq and s.unsent_at is null
          and (s.expires_at is null or s.expires_at > now()) and s.extras->'viewOnce' is null
        where mm.media_id = m.id)
      or looks.once
      or (${rendition} <> 'original' and exists (select 1 from people p where p.picture_media_id = m.id)))`;
  if (row === undefined) return null;
  return {
    name: rendition,
    blobKey: row.blob_key,
    mimeType: row.mime_type,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    once: row.once,
  };
}

async function answer(options: {
  deps: ServeDeps;
  request: Request;
  found: Found;
  requestId: string;
}): Promise<Response> {
  const { deps, request, found, requestId } = options;
  const etag = `"${found.sha256}"`;
  const headers = headersOf(found, etag);
  if (matches(request.headers.get("if-none-match"), etag)) return new Response(null, { status: 304, headers });
  const ifRange = request.headers.get("if-range");
  const wanted = ifRange === null || ifRange.trim() === etag ? request.headers.get("range") : null;
  const range = parseRange(wanted, found.sizeBytes);
  if (range === "unsatisfiable") {
    return new Response(null, {
      status: 416,
      headers: { ...headers, "content-range": `bytes */${found.sizeBytes}`, "content-length": "0" },
    });
  }
  const { start, end } = range ?? { start: 0, end: found.sizeBytes - 1 };
  const sized = {
    ...headers,
    "content-type": found.mimeType,
    "content-length": String(end - start + 1),
    ...(range !== null && { "content-range": `bytes ${start}-${end}/${found.sizeBytes}` }),
  };
  const status = range === null ? 200 : 206;
  if (request.method === "HEAD") return new Response(null, { status, headers: sized });
  const body = await deps.blobs.get(found.blobKey, { start, end });
  // Deleted between the query and here: gone is gone.
  return body === null
    ? problemResponse(refuse("not_found"), requestId)
    : new Response(body, { status, headers: sized });
}

function headersOf(found: Found, etag: string): Record<string, string> {
  return {
    etag,
    // Stored by the one browser it was for, and asked about before every use; what opens once is not stored.
    "cache-control": found.once ? "private, no-store" : "private, no-cache",
    "accept-ranges": "bytes",
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    // Without a name: it would win over the one that a page gives, which knows who sent the photo and when.
    "content-disposition": found.name === "original" ? "attachment" : "inline",
    vary: "cookie, authorization",
  };
}

function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === etag);
}
