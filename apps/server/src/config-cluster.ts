import type { Environment, fields, ProblemList } from "./config-fields.ts";

/** `api`: commands over HTTP, uploads, photos, the web app. `gateway`: sockets. `worker`: jobs and sweeps. */
export const allRoles = ["api", "gateway", "worker"] as const;
export type Role = (typeof allRoles)[number];

/** The broker: any of `servers` (`host:port`) is as good. Credentials are the same for all. */
export interface NatsAddress {
  servers: string[];
  tls: boolean;
  user?: string;
  password?: string;
  token?: string;
}

export interface ClusterConfig {
  roles: readonly Role[];
  nats: NatsAddress | undefined;
  drainSeconds: number;
}

/**
 * What one of several processes needs to be told. With a broker, the secret and the database are everybody's, so neither can
 * be made here; without one this process is the only one, and does everything.
 */
export function readCluster(env: Environment, read: ReturnType<typeof fields>, problems: ProblemList): ClusterConfig {
  const roles = readRoles(read.list("SOTTO_ROLES"), problems);
  const nats = readNats(read.list("NATS_URL"), problems);
  const asked = read.list("NATS_URL").length > 0;
  const missing = allRoles.filter((role) => !roles.includes(role));
  if (!asked && missing.length > 0)
    problems.add(
      "SOTTO_ROLES",
      `leaves out ${missing.join(" and ")}: who does that is reached by NATS_URL, which is not set`,
    );
  if (asked && !env["DATABASE_URL"]?.trim())
    problems.add("DATABASE_URL", "is needed with NATS_URL: all processes share one PostgreSQL");
  if (asked && !env["SOTTO_SECRET"]?.trim())
    problems.add("SOTTO_SECRET", "is needed with NATS_URL: all processes share one secret");
  const drainSeconds = read.integer("SOTTO_DRAIN_SECONDS", {
    default: asked ? 5 : 0,
    min: 0,
    max: 300,
    unit: "seconds",
  });
  return { roles, nats, drainSeconds };
}

function readRoles(words: readonly string[], problems: ProblemList): readonly Role[] {
  if (words.length === 0) return allRoles;
  const unknown = words.filter((word) => !allRoles.some((role) => role === word));
  if (unknown.length === 0) return allRoles.filter((role) => words.includes(role));
  problems.add("SOTTO_ROLES", `needs some of ${allRoles.join(", ")}, and has "${unknown.join(", ")}"`);
  return allRoles;
}

const defaultPort = 4222;

/** The values may hold a password: they are not repeated. */
function readNats(parts: readonly string[], problems: ProblemList): NatsAddress | undefined {
  const urls = parts.map((part) => (URL.canParse(part) ? new URL(part) : undefined));
  const [first] = urls;
  const fit = (url: URL | undefined) =>
    url !== undefined &&
    ["nats:", "tls:"].includes(url.protocol) &&
    url.hostname !== "" &&
    ["", "/"].includes(url.pathname) &&
    !url.search &&
    url.protocol === first?.protocol;
  if (first === undefined || !urls.every(fit)) {
    if (parts.length > 0)
      problems.add("NATS_URL", "needs addresses like nats://user:password@host:4222, or all with tls://");
    return undefined;
  }
  return {
    servers: urls.flatMap((url) => (url ? [`${url.hostname}:${url.port || defaultPort}`] : [])),
    tls: first.protocol === "tls:",
    ...credentials(decodeURIComponent(first.username), decodeURIComponent(first.password)),
  };
}

function credentials(user: string, password: string): Pick<NatsAddress, "user" | "password" | "token"> {
  if (user === "") return {};
  return password === "" ? { token: user } : { user, password };
}
