import type { Sql } from "../db/sql.ts";
import { tooMuch, type Limit, type LimitName, type RateLimits } from "../limits.ts";
import type { Refusal } from "../errors.ts";

/**
 * Limits over all nodes. What is asked while one statement runs is counted by the next, so a batch of sends costs one
 * statement. Windows begin with their first attempt and go by the database's clock: a node whose own is an hour wrong
 * neither opens them early nor keeps people out (which is what counting by `rate-limiter-flexible`'s store would do, for it
 * writes the node's time). Who was refused is refused here for a second, at no cost to the database.
 */
export function sharedLimiter(sql: Sql, rates: RateLimits): Limit {
  const counts = new SharedCounts(sql, rates);
  return Object.assign((name: LimitName, key: string) => counts.count(name, key), {
    many: (name: LimitName, keys: readonly string[]) => Promise.all(keys.map((key) => counts.count(name, key))),
    giveBack: (name: LimitName, key: string, takenAtMs: number) => counts.giveBack(name, key, takenAtMs),
  });
}

interface Attempt {
  resolve(refused: Refusal | null): void;
  reject(error: unknown): void;
}

interface Pending {
  name: LimitName;
  key: string;
  attempts: Attempt[];
}

/** In monotonic time. Asked again before the window ends: on another node, one may have been given back. */
interface Refused {
  untilMs: number;
  askAgainAtMs: number;
}

const refusedMost = 50_000;
const rememberedMs = 1_000;
const keysAtOnce = 1_000;

class SharedCounts {
  readonly #sql: Sql;
  readonly #rates: RateLimits;
  readonly #refused = new Map<string, Refused>();
  #pending = new Map<string, Pending>();
  #running = false;

  constructor(sql: Sql, rates: RateLimits) {
    this.#sql = sql;
    this.#rates = rates;
  }

  count(name: LimitName, key: string): Promise<Refusal | null> {
    const id = `${key} ${name}`;
    const refused = this.#refused.get(id);
    const nowMs = performance.now();
    if (refused && refused.askAgainAtMs > nowMs) return Promise.resolve(tooMuch(refused.untilMs - nowMs, name));
    this.#refused.delete(id);
    return new Promise((resolve, reject) => {
      const pending = this.#pending.get(id) ?? { name, key, attempts: [] };
      pending.attempts.push({ resolve, reject });
      this.#pending.set(id, pending);
      if (!this.#running) void this.#run();
    });
  }

  async giveBack(name: LimitName, key: string, takenAtMs: number): Promise<void> {
    const { points, perSeconds } = this.#rates[name];
    const agoSeconds = (performance.now() - takenAtMs) / 1000;
    // Those that were refused are counted too, and hold nothing; a window that began since never counted this one.
    await this.#sql`
      update rate_counts set used = greatest(least(used, ${points}::int4) - 1, 0)
      where key = ${key} and name = ${name} and ends_at > clock_timestamp()
        and ends_at - make_interval(secs => ${perSeconds}::float8) <= clock_timestamp() - make_interval(secs => ${agoSeconds}::float8)`;
    this.#refused.delete(`${key} ${name}`);
  }

  async #run(): Promise<void> {
    this.#running = true;
    // The rest of this turn asks as well.
    await Promise.resolve();
    while (this.#pending.size > 0) {
      const batch = [...this.#pending].slice(0, keysAtOnce);
      for (const [id] of batch) this.#pending.delete(id);
      await this.#countBatch(batch.map(([, pending]) => pending));
    }
    this.#running = false;
  }

  async #countBatch(batch: Pending[]): Promise<void> {
    // One order for all nodes: two batches never wait for each other in a circle.
    const sorted = batch.toSorted((a, b) => (a.key === b.key ? order(a.name, b.name) : order(a.key, b.key)));
    try {
      const rows = await writeCounts(this.#sql, this.#rates, sorted);
      const found = new Map(rows.map((row) => [`${row.key} ${row.name}`, row]));
      for (const pending of sorted) this.#answer(pending, found.get(`${pending.key} ${pending.name}`));
    } catch (error) {
      for (const { attempts } of sorted) for (const attempt of attempts) attempt.reject(error);
    }
  }

  #answer({ name, key, attempts }: Pending, row: CountRow | undefined): void {
    if (!row) throw new Error(`no count for ${name}`);
    const allowed = Math.max(0, this.#rates[name].points - (row.used - attempts.length));
    attempts.forEach((attempt, place) => attempt.resolve(place < allowed ? null : tooMuch(row.left_ms, name)));
    if (allowed >= attempts.length) return;
    if (this.#refused.size >= refusedMost) this.#refused.clear();
    const nowMs = performance.now();
    const askAgainAtMs = nowMs + Math.min(row.left_ms, rememberedMs);
    this.#refused.set(`${key} ${name}`, { untilMs: nowMs + row.left_ms, askAgainAtMs });
  }
}

interface CountRow {
  key: string;
  name: string;
  used: number;
  left_ms: number;
}

async function writeCounts(sql: Sql, rates: RateLimits, batch: readonly Pending[]): Promise<CountRow[]> {
  const keys = sql.array(
    batch.map(({ key }) => key),
    "TEXT",
  );
  const names = sql.array(
    batch.map(({ name }) => name),
    "TEXT",
  );
  const asked = sql.array(
    batch.map(({ attempts }) => attempts.length),
    "INT4",
  );
  const seconds = sql.array(
    batch.map(({ name }) => rates[name].perSeconds),
    "INT4",
  );
  return await sql`
    insert into rate_counts as r (key, name, used, ends_at)
    select k, n, a, clock_timestamp() + make_interval(secs => s)
    from unnest(${keys}, ${names}, ${asked}, ${seconds}) as x(k, n, a, s)
    on conflict (key, name) do update set
      used = case when r.ends_at <= clock_timestamp() then excluded.used else least(r.used + excluded.used, 1000000000) end,
      ends_at = case when r.ends_at <= clock_timestamp() then excluded.ends_at else r.ends_at end
    returning key, name, used, extract(epoch from ends_at - clock_timestamp())::float8 * 1000 as left_ms`;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
