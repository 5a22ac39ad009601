import { BlobsAway, type BlobsFull } from "../ports/blobs.ts";
import type { S3Address } from "../config-s3.ts";
import type { Log } from "../log.ts";
import { badAnswer, isBrokenOff, isPassing, noAnswer } from "./s3-faults.ts";
import { signS3 } from "./s3-sign.ts";

export interface S3Request {
  method: "GET" | "PUT" | "DELETE";
  /** Empty: the bucket itself. */
  key: string;
  /** In the order of their names. */
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** Answers that are no failure here, beside 2xx. */
  expected?: readonly number[];
}

export interface S3Answer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

export type S3Send = (request: S3Request) => Promise<S3Answer>;

export interface S3SendOptions {
  address: S3Address;
  log: Log;
  /** Of one request, its body and its answer included. */
  timeoutMs?: number;
  /** Trusted beside the machine's own authorities: PEM. */
  ca?: string;
}

const atOnce = 64;
const waitingAtMost = 512;
/** Between attempts; what is not passing has one. */
const pausesMs = [100, 400] as const;
/** 50 MB in it ask for 14 Mbit/s, which a server's line to its store has. */
const defaultTimeoutMs = 30_000;

/**
 * Signed requests to one bucket: limited in number and time, tried again where that helps. Throws `BlobsAway` or `BlobsFull` and
 * says so in the log, once for as long as it lasts.
 */
export function s3Sender({ address, log, timeoutMs = defaultTimeoutMs, ca }: S3SendOptions): S3Send {
  const { host } = new URL(address.endpoint);
  const places = new Places();
  const news = new News(log, "photos cannot be kept or read: S3 at", "S3 answers again");
  const once = async (request: S3Request): Promise<S3Answer | Failure> => {
    try {
      const answer = await fetchOnce({ address, request, timeoutMs, ca });
      if (answer.status < 300) return answer;
      const code = errorCode(answer.bytes);
      // A missing bucket answers 404 as well: a fault, and not a missing photo.
      if (request.expected?.includes(answer.status) && code !== "NoSuchBucket") return answer;
      return { error: badAnswer({ status: answer.status, code }, host), passing: isPassing(answer.status, code) };
    } catch (error) {
      // A connection that was kept open may have been closed from there at the same moment.
      return { error: noAnswer(error, { host, timeoutMs }), passing: isBrokenOff(error) };
    }
  };
  return async (request) =>
    await places.hold(async () => {
      for (let attempt = 0; ; attempt += 1) {
        const outcome = await once(request);
        if (!("error" in outcome)) return news.good(outcome);
        const pauseMs = pausesMs[attempt];
        if (!outcome.passing || pauseMs === undefined) throw news.bad(outcome.error);
        await Bun.sleep(pauseMs * (0.5 + Math.random()));
      }
    });
}

interface Failure {
  error: BlobsAway | BlobsFull;
  /** The same request may succeed a moment later. */
  passing: boolean;
}

async function fetchOnce(options: {
  address: S3Address;
  request: S3Request;
  timeoutMs: number;
  ca: string | undefined;
}): Promise<S3Answer> {
  const { address, request, timeoutMs, ca } = options;
  const { method, key, query = {}, headers = {}, body } = request;
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const path = key === "" ? "" : `/${key}`;
  const url = new URL(`${address.endpoint}/${address.bucket}${path}${search.length > 0 ? `?${search.join("&")}` : ""}`);
  const signed = signS3({ ...address, method, url, headers, body, now: new Date() });
  const response = await fetch(url, {
    method,
    headers: signed,
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
    ...(body && { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) as Uint8Array<ArrayBuffer> }),
    ...(ca !== undefined && { tls: { ca } }),
  });
  return { status: response.status, headers: response.headers, bytes: await response.bytes() };
}

/** S3's own word for a failure, from the little XML that comes with it. */
function errorCode(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 4096));
  return /<Code>([A-Za-z0-9]{1,60})<\/Code>/.exec(text)?.[1] ?? "";
}

/** So many requests at once, and so many that wait for a place: what comes beyond that is told to come back. */
class Places {
  private free = atOnce;
  private readonly waiting: (() => void)[] = [];

  async hold<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else if (this.waiting.length >= waitingAtMost) throw new BlobsAway("too much waits for S3 already");
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}

const sayAgainMs = 60_000;

/** One line when it begins to fail, one a minute while it does, one when it works again. */
class News {
  private readonly log: Log;
  private readonly badWords: string;
  private readonly goodWords: string;
  private failed = 0;
  private saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(log: Log, badWords: string, goodWords: string) {
    this.log = log;
    this.badWords = badWords;
    this.goodWords = goodWords;
  }

  bad<E extends Error>(error: E): E {
    this.failed += 1;
    if (performance.now() - this.saidAtMs < sayAgainMs) return error;
    this.saidAtMs = performance.now();
    this.log.error({ failed: this.failed }, `${this.badWords} ${error.message}`);
    return error;
  }

  good<T>(answer: T): T {
    if (this.failed > 0) this.log.info({ failed: this.failed }, this.goodWords);
    this.failed = 0;
    this.saidAtMs = Number.NEGATIVE_INFINITY;
    return answer;
  }
}
