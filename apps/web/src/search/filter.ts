/** What narrows a search. Days are the person's own, as a date field has them: 2026-11-23. */
export interface Filter {
  kind: "text" | "photo" | "link" | null;
  time: "any" | "week" | "month" | "year" | "days";
  fromDay: string;
  toDay: string;
}

export const noFilter: Filter = { kind: null, time: "any", fromDay: "", toDay: "" };

const spanDays = { week: 7, month: 30, year: 365 };

export function isFiltered(filter: Filter): boolean {
  return filter.kind !== null || filter.time !== "any";
}

/** As moments for the server: the last day counts to its end. */
export function spanOf(filter: Filter, nowMs = Date.now()): { from?: string; to?: string } {
  if (filter.time === "any") return {};
  if (filter.time !== "days") {
    const from = new Date(nowMs);
    from.setHours(0, 0, 0, 0);
    from.setDate(from.getDate() - spanDays[filter.time]);
    return { from: from.toISOString() };
  }
  const from = dayStart(filter.fromDay, 0);
  const to = dayStart(filter.toDay, 1);
  return { ...(from !== null && { from }), ...(to !== null && { to }) };
}

function dayStart(day: string, plusDays: number): string | null {
  const [year, month, date] = day.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined || year < 1) return null;
  const at = new Date(year, month - 1, date + plusDays);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
