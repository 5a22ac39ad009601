import type { Sql } from "../db/sql.ts";
import { refuse } from "../errors.ts";
import type { Handlers } from "../handler.ts";
import { checkEndpoint } from "./endpoint.ts";
import type { PushKeys } from "./push-keys.ts";
import { subscribe, unsubscribe } from "./subscriptions.ts";

export interface PushHandlerDeps {
  sql: Sql;
  keys: PushKeys;
  /** `host:port` inside the network that may be a push service's. */
  allow: readonly string[];
}

export function pushHandlers({ sql, keys, allow }: PushHandlerDeps): Handlers {
  return {
    "push.key": async () => ({ publicKey: keys.publicKey }),
    "push.subscribe": async (input, caller) => {
      const checked = checkEndpoint(input, allow);
      if ("detail" in checked) return refuse("invalid", checked);
      return { subscriptionId: await subscribe(sql, caller, checked) };
    },
    "push.unsubscribe": async (input, caller) => {
      const endpoint = URL.canParse(input.endpoint) ? new URL(input.endpoint).href : input.endpoint;
      await unsubscribe(sql, caller.personId, endpoint);
      return {};
    },
  };
}
