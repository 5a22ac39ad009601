import type { fields, ProblemList } from "./config-fields.ts";
import type { ClusterConfig } from "./config-cluster.ts";

/** A bucket, and who we are to it. */
export interface S3Address {
  /** `https://host` or `http://host:port`, without a slash at the end. */
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** `S3_URL`: `s3://KEY:SECRET@host[:port]/bucket`, with `?region=` and `?tls=off` where they differ from `us-east-1` and `on`. */
export function readS3(
  read: ReturnType<typeof fields>,
  cluster: Pick<ClusterConfig, "roles" | "nats">,
  problems: ProblemList,
): S3Address | undefined {
  const value = read.optionalText("S3_URL", { minChars: 1 });
  if (value !== undefined) return parse(value, problems);
  // One process that takes uploads and makes renditions may keep them in its folder; two cannot see each other's.
  const apart = cluster.roles.includes("api") !== cluster.roles.includes("worker");
  if (cluster.nats !== undefined && apart)
    problems.add("S3_URL", "is needed where uploads (api) and photo jobs (worker) are different processes");
  return undefined;
}

/** No part of the value is repeated: it holds a secret. */
function parse(value: string, problems: ProblemList): S3Address | undefined {
  const wrong = (words: string): undefined => {
    problems.add("S3_URL", words);
  };
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== "s3:" || url.hostname === "")
    return wrong("needs an address like s3://KEY:SECRET@s3.example.org/bucket?region=eu-central-1");
  const [accessKeyId, secretAccessKey] = [decoded(url.username), decoded(url.password)];
  if (!accessKeyId || !secretAccessKey)
    return wrong('needs KEY:SECRET@ before the host; in them write "/" as %2F, "+" as %2B and "@" as %40');
  const bucket = url.pathname.slice(1);
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    return wrong(
      "needs the name of one bucket after the host (small letters, digits, dots, hyphens), and nothing else",
    );
  const known = [...url.searchParams.keys()].every((key) => key === "region" || key === "tls");
  if (!known || url.hash !== "") return wrong("knows ?region= and ?tls= after the bucket, and nothing else");
  const region = url.searchParams.get("region") ?? "us-east-1";
  if (!/^[a-z0-9-]{1,40}$/.test(region)) return wrong("has a region that is none: one looks like eu-central-1");
  const tls = url.searchParams.get("tls") ?? "on";
  if (tls !== "on" && tls !== "off") return wrong("needs tls=on or tls=off");
  return { endpoint: `${tls === "on" ? "https" : "http"}://${url.host}`, bucket, region, accessKeyId, secretAccessKey };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
