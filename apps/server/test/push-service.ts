import { createDecipheriv, createECDH, createHmac, createPublicKey, randomBytes, verify, type ECDH } from "node:crypto";
import { tlsFront } from "./tls-front.ts";

/**
 * A push service on loopback, over TLS, as RFC 8030 describes one: it takes pushes for subscriptions that it gave out, keeps those that
 * are not delivered, replaces by topic, and forgets. What a push says is read as a browser would (RFC 8291, RFC 8188).
 */
export interface PushService extends AsyncDisposable {
  /** `localhost:port`, for the server's allowed addresses. */
  place: string;
  /** PEM of who signed its certificate. */
  ca: string;
  /** A new browser: an endpoint and keys of its own; `slowMs`: so long the service thinks before it takes a push for it. */
  browser(options?: { slowMs?: number }): Browser;
  /** How it behaves from now on, to all. */
  behave(how: Behaviour): void;
  /** Pushes that slow browsers' services think about at this moment. */
  thinking(): number;
  /** Connections that came in, also those that asked nothing sensible. */
  asked(): number;
  /** Everything that was ever taken, in order, opened. */
  taken: TakenPush[];
  /** Resolves when so many were taken. */
  took(count: number): Promise<readonly TakenPush[]>;
}

export interface Browser {
  endpoint: string;
  keys: { p256dh: string; auth: string };
  /** What waits for it, as when it was offline: by topic the newest alone. */
  waiting(): TakenPush[];
  /** The subscription is over: 410 from now on. */
  end(): void;
}

export interface TakenPush {
  endpoint: string;
  topic: string | null;
  ttlSeconds: number;
  urgency: string | null;
  /** What the page's worker would read. */
  data: Record<string, unknown>;
  bytes: number;
}

export type Behaviour =
  | { is: "well" }
  | { is: "answering"; status: number; retryAfter?: string; location?: string }
  /** Takes the request and says nothing. */
  | { is: "silent" }
  /** Says 201 and never stops talking. */
  | { is: "endless" };

interface Subscriber {
  ecdh: ECDH;
  auth: Buffer;
  ended: boolean;
  slowMs: number;
  waiting: Map<string, TakenPush>;
}

export async function startPushService(): Promise<PushService> {
  const subscribers = new Map<string, Subscriber>();
  const taken: TakenPush[] = [];
  const watchers: (() => void)[] = [];
  let behaviour: Behaviour = { is: "well" };
  let asked = 0;
  let thinking = 0;
  let origin = "";
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    async fetch(request) {
      asked += 1;
      const { pathname } = new URL(request.url);
      const subscriber = subscribers.get(pathname);
      const bytes = new Uint8Array(await request.arrayBuffer());
      if (subscriber !== undefined && subscriber.slowMs > 0) {
        thinking += 1;
        await Bun.sleep(subscriber.slowMs);
        thinking -= 1;
      }
      if (behaviour.is === "silent") await Bun.sleep(60_000);
      if (behaviour.is === "endless") return new Response(endlessBody(), { status: 201 });
      if (behaviour.is === "answering")
        return new Response("no", {
          status: behaviour.status,
          headers: {
            ...(behaviour.retryAfter !== undefined && { "retry-after": behaviour.retryAfter }),
            ...(behaviour.location !== undefined && { location: behaviour.location }),
          },
        });
      const refusal = check(request, bytes, origin);
      if (refusal !== null) return new Response(refusal.why, { status: refusal.status });
      if (subscriber === undefined) return new Response("no such subscription", { status: 404 });
      if (subscriber.ended) return new Response("gone", { status: 410 });
      const push = {
        endpoint: origin + pathname,
        topic: request.headers.get("topic"),
        ttlSeconds: Number(request.headers.get("ttl")),
        urgency: request.headers.get("urgency"),
        data: JSON.parse(open(bytes, subscriber)) as Record<string, unknown>,
        bytes: bytes.length,
      };
      taken.push(push);
      subscriber.waiting.set(push.topic ?? `one ${taken.length}`, push);
      for (const watch of watchers) watch();
      return new Response(null, {
        status: 201,
        headers: { location: `/message/${taken.length}`, ttl: String(push.ttlSeconds) },
      });
    },
  });
  const front = await tlsFront(`http://127.0.0.1:${server.port}`);
  await front.show("good");
  origin = front.url;
  return {
    place: new URL(front.url).host,
    ca: front.ca,
    taken,
    asked: () => asked,
    thinking: () => thinking,
    behave: (how) => void (behaviour = how),
    browser({ slowMs = 0 } = {}) {
      const ecdh = createECDH("prime256v1");
      const auth = randomBytes(16);
      const path = `/push/${randomBytes(16).toString("base64url")}`;
      const subscriber = { ecdh, auth, ended: false, slowMs, waiting: new Map<string, TakenPush>() };
      const p256dh = ecdh.generateKeys().toString("base64url");
      subscribers.set(path, subscriber);
      return {
        endpoint: origin + path,
        keys: { p256dh, auth: auth.toString("base64url") },
        waiting: () => [...subscriber.waiting.values()],
        end: () => void (subscriber.ended = true),
      };
    },
    async took(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const watch = () => taken.length >= count && resolve();
      watchers.push(watch);
      watch();
      await promise;
      return taken;
    },
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await server.stop(true);
    },
  };
}

/** What a push service insists on (RFC 8030, 5; RFC 8292, 2 and 4.2; RFC 8291, 4). */
function check(request: Request, bytes: Uint8Array, origin: string): { status: number; why: string } | null {
  const header = (name: string) => request.headers.get(name);
  if (request.method !== "POST") return { status: 405, why: "POST" };
  if (!/^\d+$/.test(header("ttl") ?? "")) return { status: 400, why: "no TTL" };
  const topic = header("topic");
  if (topic !== null && !/^[\w-]{1,32}$/.test(topic)) return { status: 400, why: "topic" };
  if (!["very-low", "low", "normal", "high", null].includes(header("urgency"))) return { status: 400, why: "urgency" };
  if (header("content-encoding") !== "aes128gcm") return { status: 400, why: "encoding" };
  if (bytes.length > 4_096) return { status: 413, why: "too large" };
  const [, token = "", key = ""] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header("authorization") ?? "") ?? [];
  const [head = "", claims = "", signature = ""] = token.split(".");
  const raw = Buffer.from(key, "base64url");
  if (raw.length !== 65) return { status: 401, why: "no key" };
  const jwk = { kty: "EC", crv: "P-256", x: raw.toString("base64url", 1, 33), y: raw.toString("base64url", 33) };
  const signed = verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  if (!signed) return { status: 403, why: "signature" };
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
  const nowSeconds = Date.now() / 1_000;
  if (aud !== origin || typeof exp !== "number" || exp < nowSeconds || exp > nowSeconds + 86_400 + 60)
    return { status: 403, why: "claims" };
  return typeof sub === "string" && /^(mailto:|https:\/\/)/.test(sub) ? null : { status: 403, why: "no contact" };
}

/** One record (RFC 8188), whose key the two ends agree on (RFC 8291, 3.4). */
function open(bytes: Uint8Array, { ecdh, auth }: Pick<Subscriber, "ecdh" | "auth">): string {
  const body = Buffer.from(bytes);
  const salt = body.subarray(0, 16);
  const keyLength = body.readUInt8(20);
  const serverKey = body.subarray(21, 21 + keyLength);
  const sealed = body.subarray(21 + keyLength);
  const secret = ecdh.computeSecret(serverKey);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), ecdh.getPublicKey(), serverKey]);
  const ikm = expand(hmac(auth, secret), info, 32);
  const prk = hmac(salt, ikm);
  const key = expand(prk, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
  const nonce = expand(prk, Buffer.from("Content-Encoding: nonce\0"), 12);
  const decipher = createDecipheriv("aes-128-gcm", key, nonce);
  decipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  return padded.subarray(0, padded.lastIndexOf(2)).toString("utf8");
}

function hmac(key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac("sha256", key).update(data).digest();
}

function expand(prk: Uint8Array, info: Uint8Array, length: number): Buffer {
  return hmac(prk, Buffer.concat([info, Buffer.from([1])])).subarray(0, length);
}

function endlessBody(): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(1_024).fill(97);
  return new ReadableStream({
    async pull(controller) {
      await Bun.sleep(5);
      controller.enqueue(chunk);
    },
  });
}
