import type { NotificationSettings } from "@sotto/protocol/types.ts";
import { wallClock } from "./quiet-hours.ts";

const hourMs = 3_600_000;
/** In the morning of the person's zone; a server that was away makes up for it until noon. */
const fromMinutes = 8 * 60;
const toMinutes = 12 * 60;

/** Whether somebody's digest is to be made now. Pure. A daily one each morning, a weekly one on Mondays or when a Monday was missed. */
export function digestIsDue(
  every: NotificationSettings["digest"],
  { now, madeAt, timeZone }: { now: Date; madeAt: Date | null; timeZone: string },
): boolean {
  if (every === "off") return false;
  const minutes = wallClock(timeZone)(now);
  if (minutes < fromMinutes || minutes >= toMinutes) return false;
  const sinceMs = madeAt === null ? Infinity : now.getTime() - madeAt.getTime();
  if (every === "daily") return sinceMs > 20 * hourMs;
  return sinceMs > 8 * 24 * hourMs || (isMonday(now, timeZone) && sinceMs > 6 * 24 * hourMs);
}

function isMonday(now: Date, timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone }).format(now) === "Mon";
  } catch {
    return now.getUTCDay() === 1;
  }
}
