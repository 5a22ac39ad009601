import type { RateLimits as ConfiguredRates } from "./config.ts";
import { refuse, type Refusal } from "./errors.ts";
import { countRefusedLimit } from "./telemetry/counts.ts";
import { RateWindow } from "./rate-window.ts";

/** Every limit on how often, by name; what a refusal says and when to come back (R25). */
export interface RateLimits {
  /** Failed sign-ins, per address: a right one gives its point back. */
  signIn: Rate;
  signUp: Rate;
  /** Failed sign-ins to one username, from wherever. */
  signInName: Rate;
  /** People, per person: enough to find somebody, not to list everybody. */
  search: Rate;
  /** In one's own messages, per person. */
  searchMessages: Rate;
  /** Profiles, per person: enough to look around, not to copy everybody. */
  profile: Rate;
  follow: Rate;
  /** Messages, per person. */
  send: Rate;
  /** Passwords asked for again, per person. */
  password: Rate;
  /** Verification e-mails, per person. */
  email: Rate;
  /** Asked-for recoveries, and tokens tried, per address. */
  recovery: Rate;
  emailToken: Rate;
  /** Exports, per person: each reads everything. */
  export: Rate;
  /** Edits, reactions, pins: each tells everybody in the conversation. */
  change: Rate;
  draft: Rate;
  /** Browsers that ask to be told. */
  push: Rate;
  /** Settings: some of them tell others. */
  settings: Rate;
  typing: Rate;
  presence: Rate;
  /** Pages that the server looks at for one person. */
  linkPreview: Rate;
  /** Groups, per person: each invites up to 199 others. */
  createGroup: Rate;
  /** Uploads begun, per person: sent, removed or abandoned, each costs a child's work. */
  upload: Rate;
}

/** The configured ones, and those that no operator needs to set. */
export function ratesFrom(configured: ConfiguredRates): RateLimits {
  return {
    signIn: { points: configured.signInsPerWindow, perSeconds: configured.signInWindowMinutes * 60 },
    // Ten times as wide: a stranger must not be able to lock somebody out by guessing.
    signInName: { points: configured.signInsPerWindow * 10, perSeconds: configured.signInWindowMinutes * 60 },
    signUp: { points: configured.signUpsPerHour, perSeconds: 3_600 },
    send: { points: configured.sendsPerSecond, perSeconds: 1 },
    search: { points: 60, perSeconds: 60 },
    searchMessages: { points: 120, perSeconds: 60 },
    profile: { points: 600, perSeconds: 60 },
    follow: { points: 200, perSeconds: 3_600 },
    password: { points: configured.signInsPerWindow, perSeconds: configured.signInWindowMinutes * 60 },
    email: { points: 5, perSeconds: 3_600 },
    recovery: { points: 5, perSeconds: 3_600 },
    emailToken: { points: 30, perSeconds: 3_600 },
    export: { points: 3, perSeconds: 3_600 },
    change: { points: 120, perSeconds: 60 },
    push: { points: 60, perSeconds: 3_600 },
    settings: { points: 120, perSeconds: 60 },
    draft: { points: 120, perSeconds: 60 },
    typing: { points: 120, perSeconds: 60 },
    presence: { points: 120, perSeconds: 60 },
    linkPreview: { points: 60, perSeconds: 300 },
    createGroup: { points: 60, perSeconds: 3_600 },
    upload: { points: 300, perSeconds: 3_600 },
  };
}

export interface Rate {
  points: number;
  perSeconds: number;
}

export type LimitName = keyof RateLimits;
export interface Limit {
  /** Counts one attempt of `key`; a refusal when it was one too many. */
  (name: LimitName, key: string): Promise<Refusal | null>;
  /** The same for several attempts at once, each counted, in their order. */
  many(name: LimitName, keys: readonly string[]): Promise<(Refusal | null)[]>;
  /**
   * Takes back one that was allowed and is not to count after all. `takenAtMs`: `performance.now()` when it was allowed. Its own
   * window's count alone goes down, by one.
   */
  giveBack(name: LimitName, key: string, takenAtMs: number): Promise<void>;
}

/**
 * The limits of a process that is alone, in memory. Windows go by monotonic time: a clock that jumps an hour neither opens them
 * early nor keeps anybody out (`rate-limiter-flexible`, which counted here before, reads the clock: an hour forward opened
 * every one).
 */
export function limiter(rates: RateLimits): Limit {
  const windows = new Map(Object.entries(rates).map(([name, rate]: [string, Rate]) => [name, new RateWindow(rate)]));
  const named = (name: LimitName) => {
    const one = windows.get(name);
    if (!one) throw new Error(`no limit named ${name}`);
    return one;
  };
  const take = (name: LimitName, key: string) => {
    const waitMs = named(name).take(key, performance.now());
    return waitMs === 0 ? null : tooMuch(waitMs, name);
  };
  return Object.assign(async (name: LimitName, key: string) => take(name, key), {
    many: async (name: LimitName, keys: readonly string[]) => keys.map((key) => take(name, key)),
    giveBack: async (name: LimitName, key: string, takenAtMs: number) => named(name).giveBack(key, takenAtMs),
  });
}

/** What a limit by address counts: one IPv6 customer holds a /64, and would otherwise have 2^64 keys. */
export function addressKey(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return address;
  const [head = "", tail = ""] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const after = tail.split(":").filter((group) => group !== "");
  const filled = [
    ...groups,
    ...Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => "0"),
    ...after,
  ];
  return `${filled.slice(0, 4).join(":")}::/64`;
}

/** The refusal of one attempt too many. */
export function tooMuch(waitMs: number, limit: LimitName): Refusal {
  countRefusedLimit(limit);
  const retryAt = new Date(Date.now() + waitMs);
  return refuse("rate_limited", { detail: `Too many at once. Try again in ${Math.ceil(waitMs / 1000)} s.`, retryAt });
}
