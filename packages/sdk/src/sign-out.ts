import type { Connection } from "./connection.ts";
import type { Http } from "./http.ts";

/** Done when the server has answered, or the socket said so first. Rejects when the server could not be told. */
export async function tellSignOut({ http, line }: { http: Http; line: Pick<Connection, "over"> }): Promise<void> {
  const told = new AbortController();
  try {
    await Promise.race([http.call("auth.signOut", {}, told.signal), line.over()]);
  } finally {
    // Somebody else may be here by the time of a late answer: their cookie would go with it.
    told.abort();
  }
}
