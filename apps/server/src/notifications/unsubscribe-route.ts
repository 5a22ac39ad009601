import type { Settings } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { endDigest } from "./digest-store.ts";
import { readDigestToken } from "./digest-token.ts";

export interface UnsubscribeDeps {
  sql: Sql;
  key: string;
  settings: (personId: string) => Promise<Settings>;
  /** To one's own devices. */
  tell: (personId: string, settings: Settings) => void;
}

/**
 * `/v1/digest/unsubscribe` (R24). A POST with a letter's token ends the digest at once, without a session: mail programs send it when
 * their button is pressed (RFC 8058), the page that the letter links to does as well. A GET changes nothing, and leads to that page.
 */
export function unsubscribeRoute(deps: UnsubscribeDeps): (request: Request) => Promise<Response> {
  return async (request) => {
    const token = new URL(request.url).searchParams.get("token") ?? "";
    const headers = { "cache-control": "no-store", "referrer-policy": "no-referrer" };
    if (request.method !== "POST")
      return new Response(null, {
        status: 303,
        headers: { ...headers, location: `/unsubscribe#${encodeURIComponent(token)}` },
      });
    const personId = readDigestToken(deps.key, token);
    if (personId === null) return new Response(null, { status: 404, headers });
    if (await endDigest(deps.sql, personId)) deps.tell(personId, await deps.settings(personId));
    return new Response(null, { status: 204, headers });
  };
}
