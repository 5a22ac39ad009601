import { refusalFor, refuse, storageFull, type Refusal } from "../errors.ts";
import { BlobsAway, BlobsFull } from "../ports/blobs.ts";

/** What tus answers, made ours: refusals are problems with our codes, and who may call from elsewhere is decided elsewhere. */

const always = { "tus-resumable": "1.0.0", "cache-control": "no-store", "x-content-type-options": "nosniff" };

export function tusAnswer(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { ...always, ...headers } });
}

/** An answer of the library that succeeded, without its own cross-origin headers. */
export function plainTus(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const name of response.headers.keys()) if (name.startsWith("access-control-")) headers.delete(name);
  for (const [name, value] of Object.entries(always)) headers.set(name, value);
  return new Response(response.body, { status: response.status, headers });
}

/** Statuses for what failed in the place where uploads go; `tusFault` reads them. The library makes anything else a 500. */
export function placeFault(error: unknown): { status_code: number; body: string } | undefined {
  if (error instanceof BlobsFull) return { status_code: 507, body: error.message };
  return error instanceof BlobsAway ? { status_code: 503, body: error.message } : undefined;
}

/** An answer of the library that failed. */
export function tusFault(status: number): Refusal {
  if (status === 507) return storageFull();
  if (status === 503) return refusalFor(new BlobsAway());
  if (status === 404) return refuse("not_found");
  if (status === 409) return refuse("conflict", { detail: "The upload stands at another offset: ask with HEAD." });
  if (status === 410) return refuse("expired");
  if (status === 413) return refuse("too_large", { detail: "More bytes came than the upload announced." });
  if (status >= 500)
    return refuse("unavailable", { detail: "The upload was interrupted. It goes on where it stopped." });
  return refuse("invalid", { detail: "This is not a request of tus 1.0." });
}
