import type { Settings } from "@sotto/protocol/types.ts";
import type { Config } from "../config.ts";
import type { Sql } from "../db/sql.ts";
import type { Handlers } from "../handler.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { pushContact } from "./contact.ts";
import { pushHandlers } from "./handlers.ts";
import { pushTasks } from "./jobs.ts";
import type { PushKeys } from "./push-keys.ts";

export interface NotificationDeps {
  config: Pick<Config, "url" | "mail" | "push" | "allowInternal">;
  sql: Sql;
  keys: PushKeys;
  /** Given by `people/`. */
  settings: (personId: string) => Promise<Settings>;
  onError: (error: unknown) => void;
}

/** C7: the browsers that want to be told, and the jobs that tell them. */
export function notificationFeature(deps: NotificationDeps): { handlers: Handlers; jobs: Jobs } {
  const { config, sql, keys, settings, onError } = deps;
  const allow = config.allowInternal;
  const pushes = pushTasks({
    sql,
    keys,
    allow,
    ca: config.push.ca,
    contact: pushContact(config),
    settings,
    now: () => new Date(),
    onRefusedEndpoint: (id, why) =>
      onError(new Error(`push subscription ${id} ended: its address may not be asked (${why})`)),
  });
  return { handlers: pushHandlers({ sql, keys, allow }), jobs: { ...pushes, crontab: [] } };
}
