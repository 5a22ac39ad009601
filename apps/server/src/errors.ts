import { errorCodes, type ErrorCode, type Problem } from "@sotto/protocol/errors.ts";
import { isDatabaseAway, isDiskFull, sqlState } from "./db/sql.ts";
import { BlobsAway, BlobsFull } from "./ports/blobs.ts";
import { LedgerAway } from "./ports/ledger.ts";
import { counts } from "./telemetry/counts.ts";

/** An expected refusal: returned, never thrown (the unexpected is thrown, with its cause). */
export class Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAt: Date | undefined;
  readonly pointer: string | undefined;

  constructor(code: ErrorCode, options: { detail?: string; retryAt?: Date; pointer?: string } = {}) {
    this.code = code;
    this.detail = options.detail ?? errorCodes[code].title;
    this.retryAt = options.retryAt;
    this.pointer = options.pointer;
  }
}

export function refuse(code: ErrorCode, options: { detail?: string; retryAt?: Date; pointer?: string } = {}): Refusal {
  return new Refusal(code, options);
}

/** RFC 9457, the same over HTTP and in socket frames. */
export function toProblem(refusal: Refusal, requestId: string): Problem {
  const { status, title } = errorCodes[refusal.code];
  return {
    type: `about:blank#${refusal.code}`,
    title,
    status,
    code: refusal.code,
    detail: refusal.detail,
    requestId,
    ...(refusal.retryAt && { retryAt: refusal.retryAt.toISOString() }),
    ...(refusal.pointer !== undefined && { pointer: refusal.pointer }),
  };
}

/** What a client is told about an error that nobody expected: nothing about its inside, only whether to come back. */
export function refusalFor(error: unknown): Refusal {
  const away = isDatabaseAway(error);
  if (away) counts.databaseAway += 1;
  else if (sqlState(error) !== null) counts.databaseErrors += 1;
  if (isDiskFull(error) || error instanceof BlobsFull) return storageFull();
  if (error instanceof BlobsAway) return refuse("unavailable", { retryAt: inMs(5_000) });
  return refuse(away || error instanceof LedgerAway ? "unavailable" : "internal");
}

/** Room comes when somebody makes it: a minute is a guess that keeps clients from asking all the time. */
export function storageFull(): Refusal {
  return refuse("storage_full", { retryAt: inMs(60_000) });
}

function inMs(ms: number): Date {
  return new Date(Date.now() + ms);
}
