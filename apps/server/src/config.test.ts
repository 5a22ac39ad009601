import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig, type Config } from "./config.ts";

const dataDir = mkdtempSync(join(tmpdir(), "sotto-config-"));
afterAll(() => rmSync(dataDir, { recursive: true }));

test("nothing set gives the defaults, and a secret that stays", () => {
  const config = read({});
  expect(config).toMatchObject({
    url: "http://localhost:4600",
    port: 4600,
    trustProxy: false,
    origins: [],
    databaseUrl: undefined,
    defaultWhoMayMessage: "everyone",
    demo: false,
    limits: {
      signInsPerWindow: 10,
      signInWindowMinutes: 15,
      signUpsPerHour: 5,
      sendsPerSecond: 10,
      strangersPerDay: 20,
    },
  });
  expect(config.secret).toHaveLength(64);
  expect(read({}).secret).toBe(config.secret);
  const file = join(dataDir, "secret");
  expect(readFileSync(file, "utf8").trim()).toBe(config.secret);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("what is set is taken", () => {
  const config = read(
    {
      SOTTO_PORT: "80",
      SOTTO_URL: "https://talk.example.org/",
      SOTTO_ORIGINS: "https://a.example, https://b.example",
      SOTTO_TRUST_PROXY: "true",
      SOTTO_SECRET: "x".repeat(32),
      DATABASE_URL: "postgres://u:p@db/sotto",
    },
    ["--demo"],
  );
  expect(config).toMatchObject({
    port: 80,
    url: "https://talk.example.org",
    origins: ["https://a.example", "https://b.example"],
    trustProxy: true,
    secret: "x".repeat(32),
    demo: true,
  });
});

test.each([
  ["SOTTO_PORT", "65536"],
  ["SOTTO_PORT", "-1"],
  ["SOTTO_PORT", "46.5"],
  ["SOTTO_PORT", "four"],
  ["SOTTO_URL", "talk.example.org"],
  ["SOTTO_URL", "https://talk.example.org/path"],
  ["SOTTO_URL", "ftp://talk.example.org"],
  ["SOTTO_ORIGINS", "https://a.example,*"],
  ["SOTTO_TRUST_PROXY", "maybe"],
  ["SOTTO_SECRET", "short"],
  ["SOTTO_WHO_MAY_MESSAGE", "strangers"],
  ["SOTTO_LIMIT_SENDS_PER_SECOND", "0"],
  ["DATABASE_URL", "mysql://db/sotto"],
  ["SOTTO_PROT", "4600"],
  ["SOTTO_ROLES", "api,gatway"],
  ["SOTTO_ROLES", "api"],
  ["SOTTO_DRAIN_SECONDS", "-1"],
  ["SOTTO_METRICS_TOKEN", "short"],
  ["SOTTO_BACKUP_KEY", "short"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"],
])("%s=%s is refused by its name", (variable, value) => {
  const problems = readConfig({ SOTTO_DATA: dataDir, [variable]: value }, []);
  expect(problems).toMatchObject([{ variable }]);
});

test("a flag is taken in the words that README.md names", () => {
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  const row = readme.split("\n").find((line) => line.includes("`SOTTO_TRUST_PROXY` |")) ?? "";
  const taken = (value: string) => {
    const config = readConfig({ SOTTO_SECRET: "x".repeat(32), SOTTO_TRUST_PROXY: value }, []);
    return Array.isArray(config) ? "refused" : config.trustProxy;
  };
  for (const value of ["true", "1", "yes", "on"])
    expect([value, taken(value), row.includes(`\`${value}\``)]).toEqual([value, true, true]);
  for (const value of ["false", "0", "no", "off"])
    expect([value, taken(value), row.includes(`\`${value}\``)]).toEqual([value, false, true]);
});

test("every problem is named at once, and a password is not repeated", () => {
  const problems = readConfig({ SOTTO_PORT: "x", DATABASE_URL: "pg://u:hush@db" }, ["--nope"]);
  expect(problems).toMatchObject([{ variable: "SOTTO_PORT" }, { variable: "DATABASE_URL" }, { variable: "--nope" }]);
  expect(JSON.stringify(problems)).not.toContain("hush");
});

test("a data folder that cannot be made is a problem, not a crash", () => {
  expect(readConfig({ SOTTO_DATA: join(dataDir, "secret", "x") }, [])).toMatchObject([{ variable: "SOTTO_DATA" }]);
});

test("several processes: roles, a broker, and what that needs", () => {
  const shared = { SOTTO_SECRET: "x".repeat(32), DATABASE_URL: "postgres://u@db/sotto", SOTTO_LEDGER: "/shared" };
  expect(read({})).toMatchObject({ roles: ["api", "gateway", "worker"], nats: undefined, drainSeconds: 0 });
  expect(
    read({ ...shared, SOTTO_ROLES: "gateway", NATS_URL: "nats://so%40to:hu%2Fsh@a:4222, nats://b:4223" }),
  ).toMatchObject({
    roles: ["gateway"],
    nats: { servers: ["a:4222", "b:4223"], tls: false, user: "so@to", password: "hu/sh" },
    drainSeconds: 5,
  });
  expect(read({ ...shared, NATS_URL: "tls://a-token@a" }).nats).toEqual({
    servers: ["a:4222"],
    tls: true,
    token: "a-token",
  });
  for (const NATS_URL of [
    "http://a:4222",
    "a:4222",
    "nats://a:4222/path",
    "nats://u:hush@a:99999",
    "nats://a,tls://b",
  ]) {
    const problems = readConfig({ SOTTO_DATA: dataDir, ...shared, NATS_URL }, []);
    expect(problems).toMatchObject([{ variable: "NATS_URL" }]);
    expect(JSON.stringify(problems)).not.toContain("hush");
  }
  expect(readConfig({ SOTTO_DATA: dataDir, NATS_URL: "nats://a:4222" }, [])).toMatchObject([
    { variable: "DATABASE_URL" },
    { variable: "SOTTO_SECRET" },
    { variable: "SOTTO_LEDGER" },
  ]);
});

test("T36 several processes have one ledger of erasures: in the bucket, or in a folder that is named", () => {
  const shared = { SOTTO_SECRET: "x".repeat(32), DATABASE_URL: "postgres://u@db/sotto", NATS_URL: "nats://a" };
  for (const SOTTO_ROLES of ["api,worker,gateway", "gateway"])
    expect(readConfig({ SOTTO_DATA: dataDir, ...shared, SOTTO_ROLES }, [])).toMatchObject([
      { variable: "SOTTO_LEDGER" },
    ]);
  expect(read({ ...shared, SOTTO_LEDGER: "/shared" }).operations.ledgerDir).toBe("/shared");
  expect(read({ ...shared, S3_URL: "s3://k:s@s3.example.org/photos" }).operations.ledgerDir).toBeUndefined();
});

test("photos on S3: one address says all of it, and none of it is repeated when it is wrong", () => {
  expect(read({}).s3).toBeUndefined();
  expect(read({ S3_URL: "s3://KEY:se%2Fcr%2Bet%40@s3.example.org/photos?region=eu-central-1" }).s3).toEqual({
    endpoint: "https://s3.example.org",
    bucket: "photos",
    region: "eu-central-1",
    accessKeyId: "KEY",
    secretAccessKey: "se/cr+et@",
  });
  expect(read({ S3_URL: "s3://k:s@127.0.0.1:9000/b-1?tls=off" }).s3).toMatchObject({
    endpoint: "http://127.0.0.1:9000",
    region: "us-east-1",
  });
  for (const S3_URL of [
    "https://KEY:hush@s3.example.org/photos",
    "s3://s3.example.org/photos",
    "s3://KEY@s3.example.org/photos",
    "s3://KEY:hush@/photos",
    "s3://KEY:hush@s3.example.org",
    "s3://KEY:hush@s3.example.org/Photos",
    "s3://KEY:hush@s3.example.org/photos/more",
    "s3://KEY:hu/sh@s3.example.org/photos",
    "s3://KEY:hush%zz@s3.example.org/photos",
    "s3://KEY:hush@s3.example.org/photos?tls=maybe",
    "s3://KEY:hush@s3.example.org/photos?region=EU%20west",
    "s3://KEY:hush@s3.example.org/photos?sign=v2",
  ]) {
    const problems = readConfig({ SOTTO_DATA: dataDir, S3_URL }, []);
    expect(problems).toMatchObject([{ variable: "S3_URL" }]);
    expect(JSON.stringify(problems)).not.toMatch(/hush|hu\/sh/);
  }
});

test("a mail server: one address says all of it, none of it is repeated when it is wrong, and letters have a sender", () => {
  expect(read({}).mail).toBeUndefined();
  const from = { SOTTO_MAIL_FROM: "Sotto <sotto@example.org>" };
  expect(read({ ...from, SMTP_URL: "smtp://us%40er:p%3Aw@mail.example.org" }).mail).toEqual({
    host: "mail.example.org",
    port: 587,
    tls: "upgrade",
    user: "us@er",
    password: "p:w",
    from: { name: "Sotto", address: "sotto@example.org" },
  });
  expect(read({ SOTTO_MAIL_FROM: "a@b", SMTP_URL: "smtps://[::1]/" }).mail).toEqual({
    host: "::1",
    port: 465,
    tls: "from_start",
    from: { name: "", address: "a@b" },
  });
  expect(read({ ...from, SMTP_URL: "smtp://127.0.0.1:1025" }).mail).toMatchObject({ port: 1025, tls: "none" });
  expect(read({ ...from, SMTP_URL: "smtp://mail.lan?tls=off" }).mail).toMatchObject({ tls: "none" });
  for (const SMTP_URL of [
    "mail.example.org:587",
    "http://u:hush@mail.example.org",
    "smtp://u:hush@mail.example.org/path",
    "smtp://u@mail.example.org",
    "smtp://:hush@mail.example.org",
    "smtp://u:hush%zz@mail.example.org",
    "smtp://u:hush@mail.example.org?starttls=1",
    "smtps://u:hush@mail.example.org?tls=off",
  ]) {
    const problems = readConfig({ SOTTO_DATA: dataDir, ...from, SMTP_URL }, []);
    expect(problems).toMatchObject([{ variable: "SMTP_URL" }]);
    expect(JSON.stringify(problems)).not.toMatch(/hush/);
  }
  for (const SOTTO_MAIL_FROM of ["", "sotto", "a@b, c@d", "Sotto <a@b> <c@d>", "<a@b", "a@b@c"])
    expect(readConfig({ SOTTO_DATA: dataDir, SOTTO_MAIL_FROM, SMTP_URL: "smtp://mail.example.org" }, [])).toMatchObject(
      [{ variable: "SOTTO_MAIL_FROM" }],
    );
});

test("uploads and photo jobs in different processes need S3", () => {
  const several = { SOTTO_SECRET: "x".repeat(32), DATABASE_URL: "postgres://u@db/sotto", NATS_URL: "nats://a" };
  const shared = { ...several, SOTTO_LEDGER: "/shared" };
  expect(readConfig({ SOTTO_DATA: dataDir, ...shared, SOTTO_ROLES: "api" }, [])).toMatchObject([
    { variable: "S3_URL" },
  ]);
  expect(read({ ...shared, SOTTO_ROLES: "gateway" }).s3).toBeUndefined();
  expect(read({ ...shared, SOTTO_ROLES: "api,worker" }).s3).toBeUndefined();
});

test("README.md names every variable, and no other", () => {
  const code = ["config.ts", "config-cluster.ts", "config-mail.ts", "config-operations.ts", "config-s3.ts"]
    .map((file) => readFileSync(join(import.meta.dir, file), "utf8"))
    .join("");
  const readme = readFileSync(join(import.meta.dir, "../../../README.md"), "utf8");
  const names = (text: string, pattern: RegExp) => new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""));
  expect(names(readme, /^\| `([A-Z3_]+)` \|/gm)).toEqual(
    names(code, /"((?:SOTTO|DATABASE|NATS|OTEL|S3|SMTP)_[A-Z_]+)"/g),
  );
});

function read(env: Record<string, string>, argv: string[] = []): Config {
  const config = readConfig({ SOTTO_DATA: dataDir, ...env }, argv);
  if (Array.isArray(config)) throw new Error(JSON.stringify(config));
  return config;
}
