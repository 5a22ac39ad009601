export interface QuietHours {
  /** `22:00`, in the person's zone. */
  from: string;
  to: string;
}

const minuteMs = 60_000;

/**
 * When these quiet hours end, or null when it is not quiet now. They go by the clock on the person's wall: where it jumps, they are
 * shorter or longer, and begin and end when it says so. `from` = `to` is never quiet.
 */
export function quietUntil(now: Date, { from, to }: QuietHours, timeZone: string): Date | null {
  const clock = wallClock(timeZone);
  const quiet = (atMs: number) => isBetween(clock(new Date(atMs)), minutesOf(from), minutesOf(to));
  const nowMs = Math.floor(now.getTime() / minuteMs) * minuteMs;
  if (!quiet(nowMs)) return null;
  const aheadMs = ((minutesOf(to) - clock(now) + 1_440) % 1_440) * minuteMs;
  if (offset(clock, nowMs) === offset(clock, nowMs + aheadMs)) return new Date(nowMs + aheadMs);
  // The clock jumps on the way, twice a year: then every minute is looked at.
  let endMs = nowMs;
  while (quiet(endMs)) endMs += minuteMs;
  return new Date(endMs);
}

/** Minutes since midnight on the wall of a zone; UTC's where this runtime does not know the zone. */
export function wallClock(timeZone: string): (at: Date) => number {
  const format = formatFor(timeZone);
  return (at) => {
    const parts = format.formatToParts(at);
    const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
    return of("hour") * 60 + of("minute");
  };
}

/** Minutes from UTC to the wall, in a day. */
function offset(clock: (at: Date) => number, atMs: number): number {
  return (clock(new Date(atMs)) - Math.floor(atMs / minuteMs) + 1_440 * 1e9) % 1_440;
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  try {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
  }
}

function isBetween(minutes: number, from: number, to: number): boolean {
  return from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
