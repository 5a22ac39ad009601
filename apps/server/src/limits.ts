import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import type { RateLimits as ConfiguredRates } from "./config.ts";
import { refuse, type Refusal } from "./errors.ts";

/** Every limit on how often, by name; what a refusal says and when to come back (R25). */
export interface RateLimits {
  /** Sign-ins, per address. */
  signIn: Rate;
  signUp: Rate;
  search: Rate;
  follow: Rate;
  /** Messages, per person. */
  send: Rate;
}

/** The configured ones, and those that no operator needs to set. */
export function ratesFrom(configured: ConfiguredRates): RateLimits {
  return {
    signIn: { points: configured.signInsPerWindow, perSeconds: configured.signInWindowMinutes * 60 },
    signUp: { points: configured.signUpsPerHour, perSeconds: 3_600 },
    send: { points: configured.sendsPerSecond, perSeconds: 1 },
    search: { points: 60, perSeconds: 60 },
    follow: { points: 200, perSeconds: 3_600 },
  };
}

export interface Rate {
  points: number;
  perSeconds: number;
}

export type LimitName = keyof RateLimits;
/** Counts one attempt of `key`; a refusal when it was one too many. */
export type Limit = (name: LimitName, key: string) => Promise<Refusal | null>;

export function limiter(rates: RateLimits): Limit {
  const limiters = new Map(
    Object.entries(rates).map(([name, rate]: [string, Rate]) => [
      name,
      new RateLimiterMemory({ keyPrefix: name, points: rate.points, duration: rate.perSeconds }),
    ]),
  );
  return async (name, key) => {
    const one = limiters.get(name);
    if (!one) throw new Error(`no limit named ${name}`);
    try {
      await one.consume(key);
      return null;
    } catch (error) {
      if (error instanceof Error) throw error;
      return tooMuch((error as RateLimiterRes).msBeforeNext);
    }
  };
}

function tooMuch(waitMs: number): Refusal {
  const retryAt = new Date(Date.now() + waitMs);
  return refuse("rate_limited", { detail: `Too many at once. Try again in ${Math.ceil(waitMs / 1000)} s.`, retryAt });
}
