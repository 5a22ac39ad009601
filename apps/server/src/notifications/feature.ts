import type { Settings } from "@sotto/protocol/types.ts";
import type { Config } from "../config.ts";
import type { Sql } from "../db/sql.ts";
import type { Publish } from "../fanout/publish.ts";
import type { Handlers } from "../handler.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Mailer } from "../ports/mailer.ts";
import { pushContact } from "./contact.ts";
import { digestCrontab, digestTasks } from "./digest.ts";
import { pushHandlers } from "./handlers.ts";
import { pushTasks } from "./jobs.ts";
import type { PushKeys } from "./push-keys.ts";
import { unsubscribeRoute } from "./unsubscribe-route.ts";

export interface NotificationDeps {
  config: Pick<Config, "url" | "mail" | "push" | "allowInternal">;
  sql: Sql;
  publish: Publish;
  mailer: Mailer | undefined;
  keys: PushKeys;
  /** For the links of letters. */
  digestKey: string;
  /** Given by `people/`. */
  settings: (personId: string) => Promise<Settings>;
  onError: (error: unknown) => void;
}

/** C7: the browsers that want to be told, the jobs that tell them, and the letters. */
export function notificationFeature(deps: NotificationDeps): {
  handlers: Handlers;
  jobs: Jobs;
  unsubscribe: (request: Request) => Promise<Response>;
} {
  const { config, sql, publish, mailer, keys, digestKey, settings, onError } = deps;
  const allow = config.allowInternal;
  const now = () => new Date();
  const pushes = pushTasks({
    sql,
    keys,
    allow,
    ca: config.push.ca,
    contact: pushContact(config),
    settings,
    now,
    onRefusedEndpoint: (id, why) =>
      onError(new Error(`push subscription ${id} ended: its address may not be asked (${why})`)),
  });
  const digests = digestTasks({ sql, mailer, url: config.url, key: digestKey, settings, now });
  return {
    handlers: pushHandlers({ sql, keys, allow }),
    jobs: {
      tasks: { ...pushes.tasks, ...digests },
      concurrency: pushes.concurrency + 2,
      crontab: mailer === undefined ? [] : [digestCrontab],
    },
    unsubscribe: unsubscribeRoute({
      sql,
      key: digestKey,
      settings,
      tell: (personId, now) => publish([personId], { event: "settings", settings: now }),
    }),
  };
}
