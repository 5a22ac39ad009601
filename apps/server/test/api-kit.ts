import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import type { Problem } from "@sotto/protocol/errors.ts";
import type { Event } from "@sotto/protocol/events.ts";
import { paths, type CommandName } from "@sotto/protocol/paths.ts";
import { hashToken, newToken } from "../src/auth/tokens.ts";
import type { Database } from "../src/db/connect.ts";
import type { Sql } from "../src/db/sql.ts";

/** Somebody with a session, written by SQL: hashing a password for thousands of people would be all that a test does. */
export interface Somebody {
  id: string;
  username: string;
  token: string;
  sessionId: string;
}

export type SettingName = "everyone" | "friends" | "no_one";

let made = 0;

export async function addPeople(
  { sql }: Pick<Database, "sql">,
  count: number,
  { setting = "everyone" }: { setting?: SettingName } = {},
): Promise<Somebody[]> {
  const people = Array.from({ length: count }, () => {
    made += 1;
    return {
      id: Bun.randomUUIDv7(),
      username: `p${made}.${process.pid}`,
      token: newToken(),
      sessionId: Bun.randomUUIDv7(),
    };
  });
  const ids = sql.array(
    people.map((one) => one.id),
    "UUID",
  );
  await sql`
    insert into people (id, username, name, password_hash, who_may_message, created_at)
    select id, username, 'Person ' || username, 'none', ${setting}, now()
    from unnest(${ids}, ${sql.array(
      people.map((one) => one.username),
      "TEXT",
    )}) as p(id, username)`;
  await sql`insert into people_words (word, person_id) select username, id from people where id = any(${ids}::uuid[])`;
  await sql`insert into person_counters (person_id) select unnest(${ids})`;
  await sql`
    insert into sessions (person_id, id, token_hash, device, created_at, last_seen_at)
    select p, s, decode(t, 'hex'), 'test', now(), now()
    from unnest(${ids}, ${sql.array(
      people.map((one) => one.sessionId),
      "UUID",
    )},
      ${sql.array(
        people.map((one) => hashToken(one.token).toString("hex")),
        "TEXT",
      )}) as x(p, s, t)`;
  return people;
}

/** Exactly so many people, as a tuple that needs no checks. */
export async function addTwo(
  database: Pick<Database, "sql">,
  options: { setting?: SettingName } = {},
): Promise<[Somebody, Somebody]> {
  const [one, other] = await addPeople(database, 2, options);
  if (!one || !other) throw new Error("two people were asked for");
  return [one, other];
}

export async function follow(sql: Sql, pairs: readonly (readonly [string, string])[]): Promise<void> {
  await sql`
    insert into follows (follower_id, followed_id, created_at)
    select a, b, now() from unnest(${sql.array(
      pairs.map(([a]) => a),
      "UUID",
    )}, ${sql.array(
      pairs.map(([, b]) => b),
      "UUID",
    )}) as x(a, b)
    on conflict do nothing`;
}

export async function befriendAll(sql: Sql, pairs: readonly (readonly [Somebody, Somebody])[]): Promise<void> {
  await follow(
    sql,
    pairs.flatMap(([a, b]) => [[a.id, b.id] as const, [b.id, a.id] as const]),
  );
}

export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  text: string;
  /** Of a success. */
  ok: T;
  /** Of a refusal; null otherwise. */
  problem: Problem | null;
}

export interface RawRequest {
  method: string;
  path: string;
  token?: string | undefined;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer> | undefined;
}

export async function rawRequest<T = unknown>(url: string, request: RawRequest): Promise<Answer<T>> {
  const response = await fetch(url + request.path, {
    method: request.method,
    redirect: "manual",
    headers: {
      ...(request.token !== undefined && { authorization: `Bearer ${request.token}` }),
      ...(request.body !== undefined && { "content-type": "application/json" }),
      ...request.headers,
    },
    ...(request.body !== undefined && { body: request.body }),
  });
  const text = await response.text();
  const json: unknown =
    /json/.test(response.headers.get("content-type") ?? "") && text !== "" ? JSON.parse(text) : null;
  const failed = response.status >= 400;
  return {
    status: response.status,
    headers: response.headers,
    text,
    ok: (failed ? null : json) as T,
    problem: failed ? (json as Problem | null) : null,
  };
}

/** A command as HTTP: keys of the path go there, the rest into the query or the body. No schema looks at it on this side. */
export function toHttp(name: CommandName, input: Record<string, unknown>): RawRequest {
  const [method = "", pattern = ""] = paths[name].split(" ");
  const rest = { ...input };
  const path = pattern.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    delete rest[key];
    return encodeURIComponent(asText(input[key]).toWellFormed());
  });
  if (method !== "GET" && method !== "DELETE") return { method, path, body: JSON.stringify(rest) };
  const query = new URLSearchParams(Object.entries(rest).map(([key, value]) => [key, asText(value)]));
  return { method, path: query.size > 0 ? `${path}?${query}` : path };
}

function asText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export async function call<N extends CommandName>(
  url: string,
  who: Pick<Somebody, "token"> | null,
  name: N,
  input: CommandInput<N>,
): Promise<Answer<CommandOutput<N>>> {
  return await rawRequest(url, { ...toHttp(name, input as Record<string, unknown>), token: who?.token });
}

/** The answer of a call that has to succeed. */
export async function must<N extends CommandName>(
  url: string,
  who: Pick<Somebody, "token"> | null,
  name: N,
  input: CommandInput<N>,
): Promise<CommandOutput<N>> {
  const answer = await call(url, who, name, input);
  if (answer.problem || answer.status >= 400) throw new Error(`${name}: ${answer.status} ${answer.text}`);
  return answer.ok;
}

export type FrameAnswer = { ok: unknown; error?: undefined } | { ok?: undefined; error: Problem };

export interface TestSocket extends Disposable {
  hello: Promise<Record<string, unknown>>;
  events: Event[];
  /** Of frames that had no id. */
  problems: Problem[];
  closed: Promise<{ code: number; atMs: number }>;
  isOpen(): boolean;
  call(command: string, input: unknown): Promise<FrameAnswer>;
  sendText(text: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export async function ticketOf(url: string, who: Pick<Somebody, "token">): Promise<string> {
  return (await must(url, who, "socketTickets.create", {})).ticket;
}

/** A socket as any client has it: no reconnecting, no schema. What waits when it closes gets `unavailable`. */
export async function openSocket(url: string, who: Pick<Somebody, "token">): Promise<TestSocket> {
  const socket = rawSocket(`${url.replace("http", "ws")}/v1/socket?ticket=${await ticketOf(url, who)}&version=1`);
  await socket.hello;
  return socket;
}

export function rawSocket(address: string, headers: Record<string, string> = {}): TestSocket {
  // Bun's own client can name headers, as an attacker's can.
  const socket = new WebSocket(address, { headers } as never);
  const pending = new Map<number, (answer: FrameAnswer) => void>();
  const hello = Promise.withResolvers<Record<string, unknown>>();
  const closed = Promise.withResolvers<{ code: number; atMs: number }>();
  hello.promise.catch(() => undefined);
  const events: Event[] = [];
  const problems: Problem[] = [];
  let next = 0;
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data));
    if ("hello" in frame) return hello.resolve(frame.hello);
    if ("event" in frame) return void events.push(frame);
    if (frame.id === null) return void problems.push(frame.error);
    pending.get(frame.id)?.(frame);
    pending.delete(frame.id);
  };
  socket.onerror = () => undefined;
  socket.onclose = ({ code }) => {
    closed.resolve({ code, atMs: performance.now() });
    hello.reject(new Error(`closed with ${code} before hello`));
    for (const answer of pending.values()) answer({ error: lost });
    pending.clear();
  };
  const close = () => socket.close();
  return {
    hello: hello.promise,
    events,
    problems,
    closed: closed.promise,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    async call(command, input) {
      if (socket.readyState !== WebSocket.OPEN) return { error: lost };
      next += 1;
      const id = next;
      const { promise, resolve } = Promise.withResolvers<FrameAnswer>();
      pending.set(id, resolve);
      socket.send(JSON.stringify({ id, command, input }));
      return await promise;
    },
    sendText: (text) => socket.send(text),
    close,
    [Symbol.dispose]: close,
  };
}

const lost: Problem = {
  type: "",
  title: "",
  status: 503,
  code: "unavailable",
  detail: "The socket closed.",
  requestId: "",
};

/** So many at a time; the answers in order. */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const one = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return results;
}

/** The same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** A refusal without what may differ between two equal ones. */
export function withoutRequestId(answer: Answer): string {
  return answer.text.replace(/"requestId":"[^"]*"/, '"requestId":""');
}

/** Photos that are ready, without bytes: what a send asks about. */
export async function addReadyPhotos(sql: Sql, ownerIds: readonly string[]): Promise<string[]> {
  const ids = ownerIds.map(() => Bun.randomUUIDv7());
  await sql`
    insert into media (id, owner_id, state, width, height, placeholder, created_at, ready_at)
    select id, owner, 'ready', 40, 30, 'AAAA', now(), now()
    from unnest(${sql.array(ids, "UUID")}, ${sql.array([...ownerIds], "UUID")}) as x(id, owner)`;
  await sql`
    insert into renditions (media_id, name, blob_key, mime_type, width, height, size_bytes, sha256)
    select id, name, id || '/' || name, 'image/webp', 40, 30, 100, 'none'
    from unnest(${sql.array(ids, "UUID")}) as x(id), unnest(array['list', 'full', 'original']) as name`;
  return ids;
}
