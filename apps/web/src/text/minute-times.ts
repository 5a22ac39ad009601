type Around = readonly [before: string, after: string];

const minuteMs = 60_000;
const hourMinutes = 60;
/** Of hours, each some dozens of letters. */
const heldMost = 2_000;

/**
 * A formatter of day and clock that is asked once for each hour: within one, only the minutes differ, and those are put in. A list of
 * messages writes such a time on every row, and a formatter is dear. Where a language writes its minutes otherwise than as two digits
 * of its own, it is asked every time.
 */
export function withMinutes(locale: string, formatter: Intl.DateTimeFormat): (at: string | number) => string {
  const twoDigits = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 });
  const minutes = Array.from({ length: hourMinutes }, (_, minute) => twoDigits.format(minute));
  const held = new Map<number, Around | null>();
  return (at) => {
    const date = new Date(at);
    const hour = Math.floor((date.getTime() / minuteMs - date.getTimezoneOffset()) / hourMinutes);
    const minute = minutes[date.getMinutes()] ?? "";
    let around = held.get(hour);
    if (around === undefined) {
      around = aroundMinute(formatter.formatToParts(date), minute);
      if (held.size >= heldMost) held.clear();
      held.set(hour, around);
    }
    return around === null ? formatter.format(date) : around[0] + minute + around[1];
  };
}

function aroundMinute(parts: Intl.DateTimeFormatPart[], minute: string): Around | null {
  const at = parts.findIndex((part) => part.type === "minute");
  if (parts[at]?.value !== minute) return null;
  const joined = (some: Intl.DateTimeFormatPart[]) => some.map((part) => part.value).join("");
  return [joined(parts.slice(0, at)), joined(parts.slice(at + 1))];
}
