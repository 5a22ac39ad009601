import type { Media } from "@sotto/protocol/types.ts";

/** What asking for a photo in every way gave. */
export interface Asked {
  attempts: number;
  /** Answers that gave bytes, or said that one's copy is still good. */
  given: number;
  bytes: number;
}

/** Every way to ask for a rendition's bytes, with what somebody still has of it. */
function requests(etag: string): RequestInit[] {
  const validators: Record<string, string>[] = [
    {},
    { "if-none-match": etag },
    { "if-none-match": "*" },
    { range: "bytes=0-99" },
    { range: "bytes=0-99", "if-range": etag },
  ];
  return validators.flatMap((headers) => ["GET", "HEAD"].map((method) => ({ method, headers })));
}

/** Every address of a photo (of `only` these renditions), with and without validators and ranges, for whoever holds this token. */
export async function askEverything(
  url: string,
  token: string | null,
  media: Media,
  only: readonly (keyof Media["renditions"])[] = ["list", "full", "original"],
): Promise<Asked> {
  const total = { attempts: 0, given: 0, bytes: 0 };
  for (const name of only) {
    for (const request of requests('"whatever it was"')) {
      const headers = {
        ...(request.headers as Record<string, string>),
        ...(token !== null && { authorization: `Bearer ${token}` }),
      };
      const answer = await fetch(url + media.renditions[name].url, { ...request, headers });
      const body = await answer.arrayBuffer();
      total.attempts += 1;
      if (answer.status < 400) {
        total.given += 1;
        total.bytes += body.byteLength;
      }
    }
  }
  return total;
}

export function sumOf(asked: readonly Asked[]): Asked {
  return asked.reduce(
    (sum, one) => ({
      attempts: sum.attempts + one.attempts,
      given: sum.given + one.given,
      bytes: sum.bytes + one.bytes,
    }),
    { attempts: 0, given: 0, bytes: 0 },
  );
}
