import { createHash, createHmac } from "node:crypto";

/** What AWS Signature Version 4 signs: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
export interface Signed {
  method: string;
  /** Path and query in their final spelling; query parameters in the order of their names. */
  url: URL;
  /** In small letters. `host` is added. */
  headers: Record<string, string>;
  body: Uint8Array | undefined;
  now: Date;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** The headers to send: those given, and `authorization`, the time, and the hash of the body, all under the signature. */
export function signS3(request: Signed): Record<string, string> {
  const { method, url, region, accessKeyId, now } = request;
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const bodyHash = sha256(request.body ?? "");
  const sent: Record<string, string> = {
    ...request.headers,
    "x-amz-content-sha256": bodyHash,
    "x-amz-date": time,
  };
  const signed = Object.entries({ ...sent, host: url.host }).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const names = signed.map(([name]) => name).join(";");
  const lines = signed.map(([name, value]) => `${name}:${value.trim()}\n`).join("");
  const canonical = [method, url.pathname, url.search.slice(1), lines, names, bodyHash].join("\n");
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const words = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const signature = hmac(signingKey(request.secretAccessKey, scope), words).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...sent, authorization };
}

function signingKey(secretAccessKey: string, scope: string): Buffer {
  return scope.split("/").reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secretAccessKey}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
