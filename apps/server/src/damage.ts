/**
 * A row that holds what this program never wrote (a disk, a hand in the database) costs nobody the rest (T30): what cannot be
 * shown of it gets a value that can, the row is marked where the wire has a mark, and the log names it.
 */
export interface DamageLog {
  /** Once for each row while the process lives, so that reading it again and again does not fill the log. */
  (what: string): void;
}

const rememberedMost = 1_000;
const epoch = "1970-01-01T00:00:00.000Z";

export function damageLog(onError: (error: unknown) => void): DamageLog {
  const told = new Set<string>();
  return (what) => {
    if (told.has(what) || told.size >= rememberedMost) return;
    told.add(what);
    onError(new Error(`damaged row, shown as far as it can be: ${what}`));
  };
}

/** PostgreSQL knows an infinite time, which arrives as a number, and years that RFC 3339 does not. */
export function isShowable(time: Date): boolean {
  return time instanceof Date && time.getTime() >= firstMs && time.getTime() < endMs;
}

const firstMs = Date.parse("0001-01-01T00:00:00Z");
const endMs = Date.parse("+010000-01-01T00:00:00Z");

/** RFC 3339; the epoch for what is no time. */
export function isoTime(time: Date): string {
  return isShowable(time) ? time.toISOString() : epoch;
}
