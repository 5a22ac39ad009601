import type { Conversation } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { refuse } from "../errors.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import { tellOwnDevices, type OwnDevicesDeps } from "../fanout/own-devices.ts";
import type { Handlers } from "../handler.ts";
import { acceptRequest, declineRequest } from "./answer.ts";

/** Given by `groups/`: what the same commands mean for an invitation (R7). False when none waits. */
export interface Invitations {
  accept: (invited: { personId: string; conversationId: string }) => Promise<boolean>;
  decline: (invited: { personId: string; conversationId: string }) => Promise<boolean>;
}

export interface RequestDeps extends OwnDevicesDeps {
  sql: Sql;
  inbox: InboxFlush;
  invitations: Invitations;
  /** Given by `conversations/`. */
  view: (viewerId: string, conversationId: string) => Promise<Conversation | null>;
}

/** Accepting and declining a request (C5), or an invitation. */
export function requestHandlers(deps: RequestDeps): Handlers {
  const { sql, inbox, invitations, view } = deps;
  return {
    "requests.accept": async (input, caller) => {
      const accepted = await inbox.touchIfLost(
        [input.conversationId],
        async () => await acceptRequest(sql, caller.personId, input.conversationId),
      );
      if (accepted) inbox.touch(input.conversationId, { stale: true });
      else if (!(await invitations.accept({ personId: caller.personId, ...input }))) return refuse("not_found");
      return (await view(caller.personId, input.conversationId)) ?? refuse("not_found");
    },
    "requests.decline": async (input, caller) => {
      const news = await declineRequest(sql, caller.personId, input.conversationId);
      if (news) tellOwnDevices(deps, caller.personId, news);
      else if (!(await invitations.decline({ personId: caller.personId, ...input }))) return refuse("not_found");
      return {};
    },
  };
}
