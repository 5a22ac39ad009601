import type { Sql } from "../db/sql.ts";
import { findSession, unusedDays, type SessionIdentity } from "../auth/sessions.ts";

/** How a request showed who it is; a cookie needs our own Origin on every unsafe request. */
export interface Identified extends SessionIdentity {
  by: "cookie" | "bearer";
}

export interface SessionCookies {
  read(request: Request): string | null;
  write(token: string): string;
  clear(): string;
}

/** `__Host-` under https: no other host and no plain-text page can set it. */
export function sessionCookies(url: string): SessionCookies {
  const secure = url.startsWith("https:");
  const name = secure ? "__Host-sotto" : "sotto";
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  return {
    read(request) {
      const pairs = (request.headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
      return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
    },
    write: (token) => `${name}=${token}; ${attributes}; Max-Age=${unusedDays * 24 * 3600}`,
    clear: () => `${name}=; ${attributes}; Max-Age=0`,
  };
}

/** Who asks, or null. A bearer token wins over a cookie: its sender chose it. */
export async function identify(sql: Sql, cookies: SessionCookies, request: Request): Promise<Identified | null> {
  const bearer = /^Bearer ([A-Za-z0-9_-]{20,100})$/.exec(request.headers.get("authorization") ?? "")?.[1];
  const token = bearer ?? cookies.read(request);
  if (token === null || token === "") return null;
  const session = await findSession(sql, token);
  return session && { ...session, by: bearer === undefined ? "cookie" : "bearer" };
}
