import { createSotto } from "@sotto/sdk/client.ts";
import type { Sotto } from "@sotto/sdk/interface.ts";
import { hashPassword } from "../auth/passwords.ts";
import { createSession } from "../auth/sessions.ts";
import type { Sql } from "../db/sql.ts";
import { insertPerson } from "../people/store.ts";
import { demoPassword, demoPeople } from "./demo-people.ts";
import { findPersonId } from "./store.ts";

/** A member of the community, acting over the API like anybody else. */
export interface Member {
  personId: string;
  sessionId: string;
  sotto: Sotto;
}

export type Members = ReadonlyMap<string, Member>;

/** Everybody, each with a session of their own, which the caller ends. */
export async function makeMembers({ sql, url }: { sql: Sql; url: string }): Promise<Members> {
  const passwordHash = await hashPassword(demoPassword);
  const members = new Map<string, Member>();
  for (const { username, name, whoMayMessage } of demoPeople) {
    const personId =
      (await insertPerson(sql, { username, name, passwordHash, whoMayMessage })) ?? (await findPersonId(sql, username));
    if (personId === null) throw new Error(`@${username} could not be made`);
    const { token, session } = await createSession(sql, { personId, device: "Demo" });
    const sotto = createSotto({ url, credential: { kind: "bearer", token } });
    members.set(username, { personId, sessionId: session.id, sotto });
  }
  return members;
}

export function member(members: Members, username: string): Member {
  const found = members.get(username);
  if (!found) throw new Error(`the demo names @${username}, whom it does not make`);
  return found;
}
