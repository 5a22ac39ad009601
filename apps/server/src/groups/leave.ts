import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import { tellOwnDevices, type OwnDevicesDeps } from "../fanout/own-devices.ts";
import type { Bus } from "../ports/bus.ts";
import { kindForMember, writeAcceptance, writeLeave } from "./store.ts";

export interface LeaveDeps extends OwnDevicesDeps {
  sql: Sql;
  bus: Bus;
  inbox: InboxFlush;
}

interface Membership {
  personId: string;
  conversationId: string;
}

/**
 * Leaves a group for good: after the answer nothing of it reaches this person, not what was under way either (R8, T3).
 * Null when it is done. The others learn it as a change of the conversation, without a word.
 */
export async function leaveGroup(deps: LeaveDeps, member: Membership): Promise<Refusal | null> {
  // Before any lock: nobody holds up a conversation that is not theirs.
  const kind = await kindForMember(deps.sql, member.personId, member.conversationId);
  if (kind === null) return refuse("not_found");
  if (kind === "direct")
    return refuse("invalid", {
      detail: "A direct conversation cannot be left. Archive it, or block the person.",
      pointer: "/conversationId",
    });
  return (await endMembership(deps, member)) ? null : refuse("not_found");
}

/** Declining an invitation is leaving (R7). False when none waits. */
export async function declineInvitation(deps: LeaveDeps, member: Membership): Promise<boolean> {
  const waiting = await deps.sql`
    select 1 from members
    where conversation_id = ${member.conversationId} and person_id = ${member.personId} and left_at is null
      and invited_by is not null`;
  return waiting.length > 0 && (await endMembership(deps, member));
}

/** Blocking somebody declines what they invited one to, as it hides their request: from a group not joined nothing of theirs comes (R5). */
export async function declineInvitationsOf(
  deps: LeaveDeps,
  { personId, inviterId }: { personId: string; inviterId: string },
): Promise<void> {
  const waiting: { conversation_id: string }[] = await deps.sql`
    select i.conversation_id from inbox i
    join members m on m.conversation_id = i.conversation_id and m.person_id = i.person_id
    where i.person_id = ${personId} and i.folder = 'requests' and m.left_at is null and m.invited_by = ${inviterId}`;
  for (const { conversation_id } of waiting) await endMembership(deps, { personId, conversationId: conversation_id });
}

/** Accepting is the person's own: the others see nothing of it. False when it is no group of theirs; twice is once. */
export async function acceptInvitation(deps: LeaveDeps, member: Membership): Promise<boolean> {
  if ((await kindForMember(deps.sql, member.personId, member.conversationId)) !== "group") return false;
  const news = await deps.sql.begin(async (tx) => await writeAcceptance(tx, member.personId, member.conversationId));
  if (news) tellOwnDevices(deps, member.personId, news);
  return true;
}

async function endMembership(deps: LeaveDeps, { personId, conversationId }: Membership): Promise<boolean> {
  const news = await deps.inbox.touchIfLost(
    [conversationId],
    async () => await deps.sql.begin(async (tx) => await writeLeave(tx, personId, conversationId)),
  );
  if (news === null) return false;
  tellOwnDevices(deps, personId, news);
  deps.bus.publish({ kind: "left", personId, conversationId });
  deps.inbox.touch(conversationId, { stale: true });
  return true;
}
