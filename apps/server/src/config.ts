import { resolve } from "node:path";
import { readCluster, type NatsAddress, type Role } from "./config-cluster.ts";
import { readOperations, type OperationsConfig } from "./config-operations.ts";
import { fields, ProblemList, type Environment } from "./config-fields.ts";
import { readMail, type MailAddress } from "./config-mail.ts";
import { defaultPush, type PushConfig } from "./config-push.ts";
import { readS3, type S3Address } from "./config-s3.ts";
import { findSecret, keepSecret } from "./secret.ts";

/**
 * Everything an operator decides, read once. The table in README.md names each variable; a test compares the two.
 * What no operator decides stands in `protocol/limits.ts`.
 */
export interface Config {
  /** What people type, without a slash at the end: cookies, origins and links are made from it. */
  url: string;
  host: string;
  port: number;
  /** Absolute. */
  dataDir: string;
  /** Keys are derived from it, one for each use (`deriveKey`); it signs nothing itself. */
  secret: string;
  /** Whether X-Forwarded-For is believed: only behind a proxy that sets it. */
  trustProxy: boolean;
  /** Other sites that may call with bearer tokens, each an origin. */
  origins: string[];
  /** `host:port` inside the network that previews and pushes may reach all the same; nothing else inside is reached. */
  allowInternal: string[];
  /** Undefined: the embedded PostgreSQL in the data folder. */
  databaseUrl: string | undefined;
  databaseConnections: number;
  /** What this process does: at least one, each once. */
  roles: readonly Role[];
  /** The broker that carries hints between processes. Undefined: this is the only process. */
  nats: NatsAddress | undefined;
  /** Between "not ready" and the end of work, so that load balancers move on. */
  drainSeconds: number;
  /** Where photos lie. Undefined: in the data folder. */
  s3: S3Address | undefined;
  /** Who takes our letters. Undefined: none are written, and what needs them says so. */
  mail: MailAddress | undefined;
  push: PushConfig;
  operations: OperationsConfig;
  logLevel: "silent" | "error" | "warn" | "info" | "debug";
  /** Of new people. */
  defaultWhoMayMessage: "everyone" | "friends" | "no_one";
  /** How long a message may be edited (R17). */
  editWindowMinutes: number;
  limits: RateLimits;
  /** `--demo`: fill an empty server with a small made-up community. */
  demo: boolean;
}

/** R25: each refuses aloud, with the time to retry. A benchmark raises them; nothing passes them by. */
export interface RateLimits {
  signInsPerWindow: number;
  signInWindowMinutes: number;
  signUpsPerHour: number;
  sendsPerSecond: number;
  strangersPerDay: number;
  requestCooldownDays: number;
}

export interface ConfigProblem {
  /** The variable, or the argument. */
  variable: string;
  message: string;
}

/**
 * Reads the environment and the arguments after the program's name. Makes the secret when there is none yet; `look`: makes
 * nothing, and leaves it empty.
 */
export function readConfig(
  env: Environment,
  argv: readonly string[],
  { look = false }: { look?: boolean } = {},
): Config | ConfigProblem[] {
  const problems = new ProblemList();
  const read = fields(env, problems);
  const port = read.integer("SOTTO_PORT", { default: 4600, min: 0, max: 65_535, unit: "port" });
  const dataDir = resolve(read.text("SOTTO_DATA", { default: "./data" }));
  const cluster = readCluster(env, read, problems);
  const config: Omit<Config, "secret"> = {
    port,
    host: read.text("SOTTO_HOST", { default: "127.0.0.1" }),
    url: read.origin("SOTTO_URL", { default: `http://localhost:${port}` }),
    dataDir,
    trustProxy: read.flag("SOTTO_TRUST_PROXY", { default: false }),
    origins: read.origins("SOTTO_ORIGINS"),
    allowInternal: read.hostPorts("SOTTO_ALLOW_INTERNAL"),
    databaseUrl: read.postgresUrl("DATABASE_URL"),
    databaseConnections: read.integer("SOTTO_DATABASE_CONNECTIONS", {
      default: 20,
      min: 2,
      max: 500,
      unit: "connections",
    }),
    ...cluster,
    s3: readS3(read, cluster, problems),
    mail: readMail(read, problems),
    push: defaultPush,
    operations: readOperations(read, cluster, problems),
    logLevel: read.choice("SOTTO_LOG", { default: "info", choices: ["silent", "error", "warn", "info", "debug"] }),
    defaultWhoMayMessage: read.choice("SOTTO_WHO_MAY_MESSAGE", {
      default: "everyone",
      choices: ["everyone", "friends", "no_one"],
    }),
    editWindowMinutes: read.integer("SOTTO_EDIT_WINDOW_MINUTES", {
      default: 15,
      min: 0,
      max: 525_600,
      unit: "minutes in which a message may be edited",
    }),
    limits: readRateLimits(read),
    demo: readArguments(argv, problems),
  };
  problems.addUnknown(env, read.known);
  const given = read.optionalText("SOTTO_SECRET", { minChars: 32 });
  if (problems.list.length > 0) return problems.list;
  const secret = given ?? (look ? findSecret : keepSecret)(dataDir);
  if (typeof secret !== "string") return [{ variable: "SOTTO_DATA", message: secret.problem }];
  return { ...config, secret };
}

function readRateLimits(read: ReturnType<typeof fields>): RateLimits {
  const count = (name: string, fallback: number, unit: string) =>
    read.integer(name, { default: fallback, min: 1, max: 1_000_000_000, unit });
  return {
    signInsPerWindow: count("SOTTO_LIMIT_SIGN_INS", 10, "failed sign-ins in a window from one address"),
    signInWindowMinutes: count("SOTTO_LIMIT_SIGN_IN_WINDOW_MINUTES", 15, "minutes"),
    signUpsPerHour: count("SOTTO_LIMIT_SIGN_UPS_PER_HOUR", 5, "sign-ups an hour from one address"),
    sendsPerSecond: count("SOTTO_LIMIT_SENDS_PER_SECOND", 10, "messages a second from one person"),
    strangersPerDay: count("SOTTO_LIMIT_STRANGERS_PER_DAY", 20, "first contacts a day from one person"),
    requestCooldownDays: count("SOTTO_LIMIT_REQUEST_COOLDOWN_DAYS", 7, "days"),
  };
}

function readArguments(argv: readonly string[], problems: ProblemList): boolean {
  for (const argument of argv) {
    if (argument !== "--demo") problems.add(argument, "there is no such argument; there is --demo");
  }
  return argv.includes("--demo");
}

/** What an error about configuration looks like at a terminal. */
export function printConfigProblems(problems: ConfigProblem[]): string {
  return problems.map(({ variable, message }) => `  ${variable}: ${message}`).join("\n");
}
