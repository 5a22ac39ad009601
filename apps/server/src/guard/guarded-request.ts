import { request as requestHttp, type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { acceptEncoding, readBody, type BodyRefusal } from "./read-body.ts";
import { checkTarget, resolveByMachine, type Resolve, type Target, type TargetRefusal } from "./target.ts";

export interface GuardedRequest {
  url: string;
  /** Redirects are followed for GET alone. */
  method: "GET" | "POST";
  /** Names in small letters. */
  headers: Readonly<Record<string, string>>;
  body?: Uint8Array;
  limits: {
    /** Of the answer's body, unpacked. */
    bytes: number;
    /** From the first look-up to the last byte, over all redirects. */
    totalMs: number;
    redirects: number;
  };
  /** Takes the first `limits.bytes` of a longer body instead of refusing it. */
  cut?: boolean;
  /** Looked at before the body is read; false ends it with `unwanted`. */
  wanted?: (head: AnswerHead) => boolean;
  /** `host:port` of what may be reached though it is inside: by configuration, never by a user. */
  allow?: readonly string[];
  /** 80 and 443 unless told. */
  ports?: readonly number[];
  resolve?: Resolve;
  /** PEM of an authority to trust besides those of the system. */
  ca?: string;
}

export interface AnswerHead {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface GuardedAnswer extends AnswerHead {
  ok: true;
  /** Where it came from, after all redirects. */
  url: string;
  body: Uint8Array;
  cut: boolean;
}

export interface GuardedRefusal {
  ok: false;
  reason: GuardReason;
}

/** `bad_url`, `port`, `private`, `downgrade`: never ask again. `timeout`, `unreachable`, `unresolved`: may work later. */
export type GuardReason =
  | TargetRefusal
  | BodyRefusal
  | "redirects"
  | "downgrade"
  | "timeout"
  | "unreachable"
  | "unwanted";

/**
 * The one way in which the server asks something of an address that a person gave (T10): check → pin → ask, and each redirect
 * starts again at the check. It stands on `node:http` because `fetch` ignores `lookup` on this runtime and obeys a proxy of the
 * environment; `agent: false` keeps connections that were made for other requests out.
 *
 * Never throws: whatever the other side does is a `GuardedRefusal`.
 */
export async function guardedRequest(asked: GuardedRequest): Promise<GuardedAnswer | GuardedRefusal> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), asked.limits.totalMs);
  const late = Promise.withResolvers<GuardedRefusal>();
  timeout.signal.addEventListener("abort", () => late.resolve(refused("timeout")));
  try {
    return await Promise.race([follow(asked, timeout.signal), late.promise]);
  } catch {
    return refused(timeout.signal.aborted ? "timeout" : "unreachable");
  } finally {
    clearTimeout(timer);
    timeout.abort();
  }
}

async function follow(asked: GuardedRequest, signal: AbortSignal): Promise<GuardedAnswer | GuardedRefusal> {
  const { resolve = resolveByMachine, allow = [], ports = webPorts, limits } = asked;
  let { url }: { url: string | URL } = asked;
  let { headers } = asked;
  for (let redirects = 0; ; redirects += 1) {
    const target = await checkTarget(url, { resolve, allow, ports });
    if (typeof target === "string") return refused(target);
    signal.throwIfAborted();
    const answer = await ask(target, { ...asked, headers }, signal);
    const location = redirectOf(answer, target.url);
    if (location === null) return await read(answer, target, asked);
    answer.destroy();
    if (asked.method !== "GET" || redirects === limits.redirects) return refused("redirects");
    if (location === "bad_url") return refused("bad_url");
    if (target.url.protocol === "https:" && location.protocol === "http:") return refused("downgrade");
    if (location.origin !== target.url.origin) headers = withoutSecrets(headers);
    url = location;
  }
}

const webPorts: readonly number[] = [80, 443];
const redirectStatuses: readonly (number | undefined)[] = [301, 302, 303, 307, 308];

function redirectOf(answer: IncomingMessage, from: URL): URL | "bad_url" | null {
  const { location } = answer.headers;
  if (location === undefined || !redirectStatuses.includes(answer.statusCode)) return null;
  return URL.canParse(location, from) ? new URL(location, from) : "bad_url";
}

function withoutSecrets(headers: GuardedRequest["headers"]): GuardedRequest["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "authorization" && name !== "cookie"));
}

async function read(
  answer: IncomingMessage,
  target: Target,
  { limits, cut = false, wanted }: GuardedRequest,
): Promise<GuardedAnswer | GuardedRefusal> {
  const head: AnswerHead = { status: answer.statusCode ?? 0, headers: answer.headers };
  if (wanted?.(head) === false) {
    answer.destroy();
    return refused("unwanted");
  }
  const body = await readBody(answer, { bytesAtMost: limits.bytes, cut });
  if (typeof body === "string") return refused(body);
  return { ok: true, ...head, url: target.url.href, body: body.bytes, cut: body.cut };
}

/** One block of headers, and how many answers "go on" may come before the real one. */
const headerBytes = 16_384;
const interimAnswers = 10;

/** Resolves with the head of the answer; the body is still on its way. */
async function ask(target: Target, asked: GuardedRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const answered = Promise.withResolvers<IncomingMessage>();
  const request = open(target, asked);
  const end = () => request.destroy(new Error("out of time"));
  signal.addEventListener("abort", end, { once: true });
  let interim = 0;
  request.on("information", () => {
    if ((interim += 1) > interimAnswers) request.destroy(new Error("too many interim answers"));
  });
  request.on("response", (answer) => {
    // It may break off between being read and being let go of.
    answer.on("error", () => {});
    answered.resolve(answer);
  });
  request.on("upgrade", (_, socket) => socket.destroy());
  request.on("error", answered.reject);
  request.on("close", () => answered.reject(new Error("closed without an answer")));
  request.end(asked.body);
  return await answered.promise;
}

function open({ url, addresses }: Target, asked: GuardedRequest): ClientRequest {
  const options: RequestOptions = {
    method: asked.method,
    agent: false,
    maxHeaderSize: headerBytes,
    headers: { ...asked.headers, "accept-encoding": acceptEncoding, connection: "close" },
    // The addresses that were checked, and no other look-up.
    lookup: (_host, options, done) => {
      const [first] = addresses;
      if (options.all === true) done(null, [...addresses]);
      else if (first) done(null, first.address, first.family);
    },
  };
  if (url.protocol === "http:") return requestHttp(url, options);
  return requestHttps(url, { ...options, ...(asked.ca !== undefined && { ca: asked.ca }) });
}

function refused(reason: GuardReason): GuardedRefusal {
  return { ok: false, reason };
}
