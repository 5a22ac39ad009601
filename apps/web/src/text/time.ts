import { locale, perLocale } from "./locale.ts";
import { withMinutes } from "./minute-times.ts";

/** How moments are written: as the app's language does, in the reader's zone. "Today" and "Yesterday" come from the catalogue. */
const clock = format({ hour: "2-digit", minute: "2-digit" });
const weekdayShort = format({ weekday: "short" });
const weekdayLong = format({ weekday: "long" });
const dayShort = format({ day: "numeric", month: "short" });
const dayLong = format({ weekday: "long", day: "numeric", month: "long" });
const dayWithYear = format({ day: "numeric", month: "long", year: "numeric" });
const full = perLocale((name) =>
  withMinutes(name, new Intl.DateTimeFormat(name, { dateStyle: "medium", timeStyle: "short" })),
);

const dayMs = 86_400_000;

export function clockTime(at: string | number): string {
  return clock(at);
}

export function fullTime(at: string | number): string {
  return full(locale())(at);
}

/** Of a row in the inbox: the clock today, the weekday within a week, the day otherwise. */
export function rowTime(at: string, nowMs = Date.now()): string {
  const days = daysBefore(at, nowMs);
  if (days <= 0) return clockTime(at);
  if (days < 7) return weekdayShort(at);
  return sameYear(at, nowMs) ? dayShort(at) : dayWithYear(at);
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
  if (days < 7) return { is: "date", text: weekdayLong(at) };
  return { is: "date", text: (sameYear(at, nowMs) ? dayLong : dayWithYear)(at) };
}

/** A key that is the same for two moments of one local day. */
export function dayKey(at: string | number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

export function longDate(at: string): string {
  return dayWithYear(at);
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

function format(options: Intl.DateTimeFormatOptions): (at: string | number) => string {
  const made = perLocale((name) => new Intl.DateTimeFormat(name, options));
  return (at) => made(locale()).format(new Date(at));
}
