import { Server } from "@tus/server";
import { limits } from "@sotto/protocol/limits.ts";
import { refuse, Refusal, storageFull } from "../errors.ts";
import { problemResponse } from "../http/responses.ts";
import type { Log } from "../log.ts";
import { counts } from "../telemetry/counts.ts";
import { removeMedia, type RemoveDeps } from "./remove.ts";
import { insertUpload, readOwn, startProcessing, type MediaRow } from "./store.ts";
import { placeFault, plainTus, tusAnswer, tusFault } from "./upload-answers.ts";

export interface UploadDeps extends RemoveDeps {
  log: Log;
  now: () => Date;
  limitUpload: (personId: string) => Promise<Refusal | null>;
}

export interface UploadCaller {
  personId: string;
  requestId: string;
}

/**
 * tus 1.0 at `/v1/uploads` (C31): resumable, each upload bound to the person who began it, whichever session goes on with it.
 * An upload's id is the medium's id. What arrives lies in quarantine until a child has made renditions of it.
 */
export function uploadRoute(deps: UploadDeps): (request: Request, caller: UploadCaller) => Promise<Response> {
  const names: Names = new WeakMap();
  const tus = tusServer(deps, names);
  return async (request, caller) => {
    const result = await handle({ deps, tus, names, request, caller });
    return result instanceof Refusal ? problemResponse(result, caller.requestId) : result;
  };
}

/**
 * Which upload a request may touch. tus asks with the request in its hand: left to itself, it takes whatever stands last in the
 * address, after a question mark too.
 */
type Names = WeakMap<object, string>;

interface Step {
  deps: UploadDeps;
  tus: Server;
  names: Names;
  request: Request;
  caller: UploadCaller;
}

async function handle(step: Step): Promise<Response | Refusal> {
  const { deps, tus, names, request, caller } = step;
  if (request.method === "OPTIONS") return plainTus(await tus.handleWeb(request));
  if (request.method === "POST") return await create(step);
  if (!["HEAD", "PATCH", "DELETE"].includes(request.method)) return refuse("method_not_allowed");
  if (new URL(request.url).search !== "") return refuse("invalid", { detail: "An upload's address has no query." });
  const row = await ownUpload(deps, request, caller);
  if (row === null) return refuse("not_found");
  names.set(request, row.id);
  if (request.method === "DELETE")
    return (await removeMedia(deps, { mediaId: row.id, ownerId: caller.personId })) ?? tusAnswer(204);
  if (row.state !== "uploading")
    return request.method === "HEAD" ? complete(row) : refuse("conflict", { detail: "This upload is complete." });
  if (request.method === "HEAD" && (await deps.quarantine.sizeOf(row.id)) === row.upload_bytes) {
    // All bytes are here and the answer that said so was lost, or the database was away: now is the time.
    await finish(deps, row.id);
    return complete(row);
  }
  return await forward(step);
}

async function create(step: Step): Promise<Response | Refusal> {
  const { deps, names, request, caller } = step;
  const announced = readLength(request);
  if (announced instanceof Refusal) return announced;
  if (!(await deps.quarantine.hasRoom(announced))) return storageFull();
  const tooOften = await deps.limitUpload(caller.personId);
  if (tooOften !== null) return tooOften;
  const id = Bun.randomUUIDv7();
  const now = deps.now();
  const inserted = await insertUpload(deps.sql, { id, ownerId: caller.personId, bytes: announced, now });
  if (inserted === "over_quota") {
    const detail = "Too many of your photos are unfinished or not sent. Send or cancel some first.";
    return refuse("rate_limited", { detail, retryAt: new Date(now.getTime() + roomAgainMs) });
  }
  names.set(request, id);
  const answer = await forward(step);
  // The client never learns the address of an upload whose creation failed.
  if (answer instanceof Refusal) await removeMedia(deps, { mediaId: id, ownerId: caller.personId });
  return answer;
}

/** Sending or cancelling one makes room at once, and a day does: when, nobody knows. */
const roomAgainMs = 60_000;

function readLength(request: Request): number | Refusal {
  if (request.headers.has("upload-concat") || request.headers.has("upload-defer-length"))
    return refuse("invalid", { detail: "Uploads here have one part and a length that is known." });
  const header = request.headers.get("upload-length");
  if (header === null || !/^\d{1,15}$/.test(header))
    return refuse("invalid", { detail: "Upload-Length must say how many bytes will come." });
  const bytes = Number(header);
  if (bytes === 0) return refuse("damaged_media", { detail: "This file is empty." });
  if (bytes <= limits.uploadBytes) return bytes;
  return refuse("too_large", { detail: `This photo is larger than ${limits.uploadBytes / 1024 / 1024} MB.` });
}

async function forward({ deps, tus, request }: Step): Promise<Response | Refusal> {
  const response = await tus.handleWeb(request);
  if (response.status < 400) return plainTus(response);
  const full = response.status >= 500 && !(await deps.quarantine.hasRoom(0));
  const fault = full ? storageFull() : tusFault(response.status);
  if (response.status >= 500)
    deps.log.warn({ status: response.status, text: await response.text(), full }, "an upload failed");
  return fault;
}

/** Somebody else's upload looks like a missing one. Ids are the same in capitals; the row's own spelling is what counts. */
async function ownUpload(deps: UploadDeps, request: Request, caller: UploadCaller): Promise<MediaRow | null> {
  const id = /\/v1\/uploads\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(new URL(request.url).pathname)?.[1];
  return id === undefined ? null : await readOwn(deps.sql, { mediaId: id, ownerId: caller.personId });
}

/** So that a client whose last answer was lost sees that all is there. */
function complete(row: MediaRow): Response {
  const bytes = String(row.upload_bytes);
  return tusAnswer(200, { "upload-offset": bytes, "upload-length": bytes });
}

async function finish({ sql, quarantine }: Pick<UploadDeps, "sql" | "quarantine">, mediaId: string): Promise<void> {
  await quarantine.sync(mediaId);
  await startProcessing(sql, mediaId);
}

function tusServer(deps: UploadDeps, names: Names): Server {
  return new Server({
    path: "/v1/uploads",
    relativeLocation: true,
    datastore: deps.quarantine.tus,
    maxSize: limits.uploadBytes,
    getFileIdFromRequest: (request) => names.get(request),
    namingFunction: (request) => names.get(request) ?? Promise.reject(new Error("an upload that was not admitted")),
    // File names and declared types are what people call things: nothing here looks at them, so nothing keeps them.
    onUploadCreate: async () => ({ metadata: {} }),
    onResponseError: (_, error) => placeFault(error),
    onUploadFinish: async (_, upload) => {
      counts.uploadBytes += upload.size ?? 0;
      await finish(deps, upload.id);
      return {};
    },
  });
}
