import type { Conversation } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { refuse } from "../errors.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import { tellOwnDevices, type OwnDevicesDeps } from "../fanout/own-devices.ts";
import type { Handlers } from "../handler.ts";
import { acceptRequest, declineRequest } from "./answer.ts";

export interface RequestDeps extends OwnDevicesDeps {
  sql: Sql;
  inbox: InboxFlush;
  /** Given by `conversations/`. */
  view: (viewerId: string, conversationId: string) => Promise<Conversation | null>;
}

/** Accepting and declining a request (C5). */
export function requestHandlers(deps: RequestDeps): Handlers {
  const { sql, inbox, view } = deps;
  return {
    "requests.accept": async (input, caller) => {
      const accepted = await inbox.touchIfLost(
        [input.conversationId],
        async () => await acceptRequest(sql, caller.personId, input.conversationId),
      );
      if (!accepted) return refuse("not_found");
      inbox.touch(input.conversationId, { stale: true });
      return (await view(caller.personId, input.conversationId)) ?? refuse("not_found");
    },
    "requests.decline": async (input, caller) => {
      const news = await declineRequest(sql, caller.personId, input.conversationId);
      if (!news) return refuse("not_found");
      tellOwnDevices(deps, caller.personId, news);
      return {};
    },
  };
}
