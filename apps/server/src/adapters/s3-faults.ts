import { BlobsAway, BlobsFull } from "../ports/blobs.ts";

/** What went wrong with S3, as an operator can use it. No part of it is a secret, or from a client. */

/** No answer came: the name, the network, the certificate, the time. */
export function noAnswer(error: unknown, options: { host: string; timeoutMs: number }): BlobsAway {
  const { host, timeoutMs } = options;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const late = error instanceof Error && error.name === "TimeoutError";
  const words = late
    ? `gave no answer within ${timeoutMs / 1000} s`
    : (networkWords[code] ?? `cannot be reached (${code || "no reason given"})`);
  return new BlobsAway(`${host} ${words}`, { cause: error });
}

export function isBrokenOff(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "ConnectionClosed")
  );
}

const refused = "refuses connections: nothing listens there";
const unknownName = "has a name that cannot be found";
const foreign =
  "shows a certificate that nobody signed whom this machine trusts (a certificate authority of your own: its file in NODE_EXTRA_CA_CERTS)";
const networkWords: Record<string, string> = {
  ECONNREFUSED: refused,
  ConnectionRefused: refused,
  ENOTFOUND: unknownName,
  EAI_AGAIN: unknownName,
  FailedToOpenSocket: unknownName,
  ECONNRESET: "broke the connection off",
  ConnectionClosed: "broke the connection off",
  CERT_HAS_EXPIRED: "shows a certificate that has expired: renew it there",
  CERT_NOT_YET_VALID: "shows a certificate that is not valid yet: check the clocks",
  DEPTH_ZERO_SELF_SIGNED_CERT: foreign,
  SELF_SIGNED_CERT_IN_CHAIN: foreign,
  UNABLE_TO_GET_ISSUER_CERT: foreign,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: foreign,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: foreign,
  ERR_TLS_CERT_ALTNAME_INVALID: "shows a certificate of another name",
  HOSTNAME_MISMATCH: "shows a certificate of another name",
};

/** An answer that is no success. `code` is S3's own, from the body. */
export function badAnswer(answer: { status: number; code: string }, host: string): BlobsAway | BlobsFull {
  const { status, code } = answer;
  if (status === 507 || fullCodes.has(code)) return new BlobsFull(`${host} has no room left (${code || status})`);
  const words = answerWords[code] ?? `answered ${status}${code && ` (${code})`}`;
  return new BlobsAway(`${host} ${words}`);
}

/** Ceph, MinIO, and what others call it. */
const fullCodes = new Set([
  "QuotaExceeded",
  "XMinioStorageFull",
  "XMinioAdminBucketQuotaExceeded",
  "InsufficientCapacity",
  "StorageFull",
]);

const answerWords: Record<string, string> = {
  NoSuchBucket: "has no such bucket: make it, or correct S3_URL",
  AccessDenied: "does not let this key do that: give it read, write, delete and list on the bucket",
  InvalidAccessKeyId: "does not know the key of S3_URL",
  SignatureDoesNotMatch: "does not accept the secret of S3_URL",
  RequestTimeTooSkewed: "has another time than this machine: check the clocks",
  AuthorizationHeaderMalformed: "is in another region than S3_URL says",
  PermanentRedirect: "says that the bucket is in another region or at another address",
  SlowDown: "asks for fewer requests",
};

/** Whether the same request a moment later may well succeed. */
export function isPassing(status: number, code: string): boolean {
  return (status >= 500 && status !== 507) || status === 429 || code === "SlowDown" || code === "RequestTimeout";
}
