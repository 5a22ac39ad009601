import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { Me } from "@sotto/protocol/types.ts";
import type { Settings } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import type { Handlers } from "../handler.ts";
import type { Limit } from "../limits.ts";
import type { Bus } from "../ports/bus.ts";
import { hashPassword, holdProven, verifyPassword } from "./passwords.ts";
import { createSession, deleteSession, listSessions } from "./sessions.ts";

export interface AuthDeps {
  sql: Sql;
  bus: Bus;
  defaultWhoMayMessage: Settings["whoMayMessage"];
  /** Given by `people/`. */
  limit: Limit;
  people: {
    has: (username: string) => Promise<boolean>;
    insert: (person: {
      username: string;
      name: string;
      passwordHash: string;
      whoMayMessage: Settings["whoMayMessage"];
    }) => Promise<string | null>;
    me: (personId: string) => Promise<Me | null>;
  };
}

/** The token leaves in the answer; the HTTP edge turns it into a cookie where that was asked for. */
export function authHandlers(deps: AuthDeps): Handlers {
  return {
    "auth.signUp": async (input) => {
      if (await deps.people.has(input.username)) return refuse("username_taken", { pointer: "/username" });
      const passwordHash = await hashPassword(input.password);
      const personId = await deps.people.insert({
        username: input.username,
        name: input.name?.trim() || input.username,
        passwordHash,
        whoMayMessage: deps.defaultWhoMayMessage,
      });
      if (personId === null) return refuse("username_taken", { pointer: "/username" });
      return await signedIn(deps, personId, input.device);
    },
    "auth.signIn": async (input) => {
      const username = input.username.toLowerCase().replace(/^@/, "");
      const limited = await deps.limit("signInName", username);
      if (limited) return limited;
      const takenAtMs = performance.now();
      const [row] =
        username.isWellFormed() && !username.includes("\0")
          ? await deps.sql`select id, password_hash from people where username = ${username} and deleted_at is null`
          : [];
      // The same work whether the person exists or not, so that time tells nothing (T24).
      const right = await verifyPassword(input.password, row?.password_hash ?? null);
      if (!right || !row) return refuse("wrong_credentials");
      await deps.limit.giveBack("signInName", username, takenAtMs);
      return await signedIn(deps, row.id, input.device, row.password_hash);
    },
    "auth.signOut": async (_, caller) => {
      await endSession(deps, caller);
      return {};
    },
    "sessions.list": async (_, caller) => ({ items: await listSessions(deps.sql, caller), next: null }),
    "sessions.revoke": async (input, caller) => {
      const ended = await endSession(deps, { personId: caller.personId, sessionId: input.sessionId });
      return ended ? {} : refuse("not_found");
    },
  };
}

/**
 * `provenHash`: the password that was proven, which takes a while; one that was changed meanwhile opens nothing. Without that a session
 * made by the old password outlived its change (T5), and one of a deleted account its deletion (R18).
 */
async function signedIn(
  deps: AuthDeps,
  personId: string,
  device: string | undefined,
  provenHash?: string,
): Promise<CommandOutput<"auth.signIn"> | Refusal> {
  const made = await deps.sql.begin(async (tx) => {
    if (provenHash !== undefined && !(await holdProven(tx, personId, provenHash))) return null;
    return await createSession(tx, { personId, device: device?.trim() || "Unknown device" });
  });
  if (!made) return refuse("wrong_credentials");
  const { token, session, ended } = made;
  for (const sessionId of ended) deps.bus.publish({ kind: "session_over", personId, sessionId });
  const me = await deps.people.me(personId);
  return me ? { me, session, token } : refuse("wrong_credentials");
}

/** Its sockets close within a second, on whatever process they are (T5). */
async function endSession(deps: AuthDeps, identity: { personId: string; sessionId: string }): Promise<boolean> {
  const ended = await deleteSession(deps.sql, identity);
  if (ended) deps.bus.publish({ kind: "session_over", ...identity });
  return ended;
}
