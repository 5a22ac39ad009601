import { refuse, type Refusal } from "../errors.ts";

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

/** An answer of the library that failed. */
export function tusFault(status: number): Refusal {
  if (status === 404) return refuse("not_found");
  if (status === 409) return refuse("conflict", { detail: "The upload stands at another offset: ask with HEAD." });
  if (status === 410) return refuse("expired");
  if (status === 413) return refuse("too_large", { detail: "More bytes came than the upload announced." });
  if (status >= 500)
    return refuse("unavailable", { detail: "The upload was interrupted. It goes on where it stopped." });
  return refuse("invalid", { detail: "This is not a request of tus 1.0." });
}
