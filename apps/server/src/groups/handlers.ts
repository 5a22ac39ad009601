import type { Conversation } from "@sotto/protocol/types.ts";
import { Refusal, refuse } from "../errors.ts";
import type { Handlers } from "../handler.ts";
import { createGroup, type CreateDeps } from "./create.ts";
import { leaveGroup, type LeaveDeps } from "./leave.ts";
import { listMembers, type MembersDeps } from "./members.ts";

export interface GroupDeps extends CreateDeps, LeaveDeps, MembersDeps {
  /** Given by `conversations/`. */
  view: (viewerId: string, conversationId: string) => Promise<Conversation | null>;
}

/** Conversations of several: making one, who is in it, and leaving it. */
export function groupHandlers(deps: GroupDeps): Handlers {
  return {
    "conversations.createGroup": async ({ clientId, personIds }, caller) => {
      const made = await createGroup(deps, { creatorId: caller.personId, clientId, personIds });
      if (made instanceof Refusal) return made;
      // Made before, and left since: there is nothing to show.
      return (await deps.view(caller.personId, made)) ?? refuse("not_found");
    },
    "conversations.listMembers": async (input, caller) => await listMembers(deps, caller.personId, input),
    "conversations.leave": async ({ conversationId }, caller) =>
      (await leaveGroup(deps, { personId: caller.personId, conversationId })) ?? {},
  };
}
