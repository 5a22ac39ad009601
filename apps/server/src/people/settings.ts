import type { CommandParsed } from "@sotto/protocol/commands.ts";
import type { NotificationSettings, Settings } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";

/** Columns where sends read them; the rest in one jsonb that holds what differs from the defaults. */
export interface SettingsRow {
  who_may_message: Settings["whoMayMessage"];
  keep_accepted_open: boolean;
  settings: Partial<Stored>;
}

type Stored = Omit<Settings, "whoMayMessage" | "keepAcceptedOpen" | "notifications"> & {
  notifications: Partial<NotificationSettings>;
};

const defaultNotifications: NotificationSettings = {
  messages: true,
  requests: true,
  reactions: true,
  mentions: true,
  previews: true,
  inApp: true,
  push: true,
  digest: "off",
  quietHours: null,
};

export function toSettings(row: SettingsRow): Settings {
  const { notifications, ...rest } = row.settings;
  return {
    whoMayMessage: row.who_may_message,
    keepAcceptedOpen: row.keep_accepted_open,
    readReceipts: false,
    typing: false,
    presence: false,
    enterSends: true,
    timeZone: "UTC",
    language: null,
    ...rest,
    notifications: { ...defaultNotifications, ...notifications },
  };
}

export async function readSettings(sql: Sql, personId: string): Promise<Settings> {
  const [row]: SettingsRow[] =
    await sql`select who_may_message, keep_accepted_open, settings from people where id = ${personId}`;
  if (!row) throw new Error(`no settings of ${personId}`);
  return toSettings(row);
}

/** Holds for the very next send: sends read settings after they arrive, never from a cache (R1). Keys left out stay. */
export async function writeSettings(
  sql: Sql,
  personId: string,
  change: CommandParsed<"settings.update">,
): Promise<Settings> {
  const { whoMayMessage, keepAcceptedOpen, notifications, ...rest } = change;
  const [row]: SettingsRow[] = await sql`
    update people set
      who_may_message = coalesce(${whoMayMessage ?? null}, who_may_message),
      keep_accepted_open = coalesce(${keepAcceptedOpen ?? null}::boolean, keep_accepted_open),
      settings = settings || ${rest}::jsonb
        || jsonb_build_object('notifications', coalesce(settings->'notifications', '{}') || ${notifications ?? {}}::jsonb)
    where id = ${personId} and deleted_at is null returning who_may_message, keep_accepted_open, settings`;
  if (!row) throw new Error(`no settings of ${personId}`);
  return toSettings(row);
}
