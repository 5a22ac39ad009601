import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { PersonBrief } from "@sotto/protocol/types.ts";
import { decodeCursor, encodeCursor } from "../cursors.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { kindForMember } from "./store.ts";

export interface MembersDeps {
  sql: Sql;
  /** Given by `people/`. */
  people: (ids: readonly string[]) => Promise<Map<string, PersonBrief>>;
}

const beforeAll = "00000000-0000-0000-0000-000000000000";

/** Everybody else in it, whoever has not accepted yet included (R7), by id: one scan of the members' key. Strangers get `not_found` (T1). */
export async function listMembers(
  { sql, people }: MembersDeps,
  viewerId: string,
  { conversationId, cursor, limit = limits.pageDefault }: CommandParsed<"conversations.listMembers">,
): Promise<CommandOutput<"conversations.listMembers"> | Refusal> {
  const after = cursor === undefined ? [beforeAll] : decodeCursor(cursor, ["id"]);
  if (!after) return refuse("invalid", { detail: "This cursor is not from this list.", pointer: "/cursor" });
  if ((await kindForMember(sql, viewerId, conversationId)) === null) return refuse("not_found");
  const rows: { person_id: string }[] = await sql`
    select o.person_id from members me join members o on o.conversation_id = me.conversation_id
    where me.conversation_id = ${conversationId} and me.person_id = ${viewerId} and me.left_at is null
      and o.left_at is null and o.person_id <> ${viewerId} and o.person_id > ${after[0]}::uuid
    order by o.person_id limit ${limit + 1}`;
  const ids = rows.slice(0, limit).map((row) => row.person_id);
  const found = await people(ids);
  const last = ids.at(-1);
  return {
    items: ids.flatMap((id) => found.get(id) ?? []),
    next: rows.length > limit && last !== undefined ? encodeCursor([last]) : null,
  };
}
