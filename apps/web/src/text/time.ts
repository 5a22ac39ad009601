/** How moments are written. The locale is the browser's, the words "Today" and "Yesterday" come from the catalogue. */
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const weekdayShort = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const weekdayLong = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const dayShort = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayLong = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayWithYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

const dayMs = 86_400_000;

export function clockTime(at: string | number): string {
  return clock.format(new Date(at));
}

export function fullTime(at: string | number): string {
  return full.format(new Date(at));
}

/** Of a row in the inbox: the clock today, the weekday within a week, the day otherwise. */
export function rowTime(at: string, nowMs = Date.now()): string {
  const days = daysBefore(at, nowMs);
  if (days <= 0) return clockTime(at);
  if (days < 7) return weekdayShort.format(new Date(at));
  return sameYear(at, nowMs) ? dayShort.format(new Date(at)) : dayWithYear.format(new Date(at));
}

/** Of something to come: the clock today, with the date on any other day. */
export function comingTime(at: string, nowMs = Date.now()): string {
  return daysBefore(at, nowMs) === 0 ? clockTime(at) : fullTime(at);
}

export type DayName = { is: "today" } | { is: "yesterday" } | { is: "date"; text: string };

export function dayName(at: string | number, nowMs = Date.now()): DayName {
  const days = daysBefore(at, nowMs);
  if (days <= 0) return { is: "today" };
  if (days === 1) return { is: "yesterday" };
  if (days < 7) return { is: "date", text: weekdayLong.format(new Date(at)) };
  return { is: "date", text: (sameYear(at, nowMs) ? dayLong : dayWithYear).format(new Date(at)) };
}

/** A key that is the same for two moments of one local day. */
export function dayKey(at: string | number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

export function longDate(at: string): string {
  return dayWithYear.format(new Date(at));
}

function daysBefore(at: string | number, nowMs: number): number {
  return Math.round((startOfDay(nowMs) - startOfDay(new Date(at).getTime())) / dayMs);
}

function startOfDay(atMs: number): number {
  return new Date(atMs).setHours(0, 0, 0, 0);
}

function sameYear(at: string | number, nowMs: number): boolean {
  return new Date(at).getFullYear() === new Date(nowMs).getFullYear();
}
