import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { createS3Blobs } from "../src/adapters/blobs-s3.ts";
import { s3Sender } from "../src/adapters/s3-request.ts";
import type { S3Address } from "../src/config-s3.ts";
import { silentLog } from "../src/log.ts";
import type { Blobs } from "../src/ports/blobs.ts";
import { freePort } from "./crash-server.ts";

/**
 * Ceph's own S3 server over a cluster of one node on loopback: a monitor, one store in memory, the gateway. Up in a second or two;
 * all of it lies in a temporary folder and ends with the test.
 */
export interface Radosgw extends AsyncDisposable {
  endpoint: string;
  /** A new bucket. */
  bucket(): Promise<S3Address>;
  /** How many bytes our user may keep; null: as many as fit. */
  quota(bytes: number | null): Promise<void>;
  /** Every key that a bucket holds, by S3's own list. */
  keys(address: S3Address): Promise<string[]>;
}

const programs = ["ceph", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin"];

/** Why tests of S3 cannot run here; null when they can. */
export function radosgwMissing(): string | null {
  const missing = programs.filter((name) => Bun.which(name) === null);
  if (missing.length === 0) return null;
  return `needs Debian's radosgw, ceph-mon and ceph-osd (${missing.join(", ")} not on PATH)`;
}

const clusterId = "6f0b7a52-1d9c-4b43-9f1e-1f2b3c4d5e6f";
const user = { uid: "sotto", accessKeyId: "TESTKEY", secretAccessKey: "test/secret+of@radosgw" };

export async function startRadosgw(): Promise<Radosgw> {
  const dir = mkdtempSync(join(tmpdir(), "sotto-radosgw-"));
  const [s3Port, monPort] = [freePort(), freePort()];
  const children: Subprocess[] = [];
  const stop = async () => {
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(children.map((child) => child.exited));
    rmSync(dir, { recursive: true, force: true });
  };
  const conf = ["-c", join(dir, "ceph.conf")];
  const admin = async (...words: string[]) => await run("radosgw-admin", ...conf, ...words);
  const endpoint = `http://127.0.0.1:${s3Port}`;
  try {
    await startCluster({ dir, conf, s3Port, monPort, children });
    const { uid, accessKeyId, secretAccessKey } = user;
    const keys = ["--access-key", accessKeyId, "--secret-key", secretAccessKey];
    await admin("user", "create", "--uid", uid, "--display-name", uid, ...keys);
    children.push(daemon(["radosgw", ...conf, "-n", "client.admin", "-f"]));
    await untilAnswers(endpoint);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoint,
    bucket: async () => await makeBucket(endpoint),
    async quota(bytes) {
      const words = ["--uid", user.uid, "--quota-scope", "user"];
      if (bytes !== null) await admin("quota", "set", ...words, "--max-size", String(bytes));
      await admin("quota", bytes === null ? "disable" : "enable", ...words);
    },
    keys: async (address) => (await allBlobs(createS3Blobs({ address, log: silentLog() }))).map(({ key }) => key),
    [Symbol.asyncDispose]: stop,
  };
}

export async function allBlobs(blobs: Blobs, prefix = ""): Promise<{ key: string; sizeBytes: number }[]> {
  const found: { key: string; sizeBytes: number }[] = [];
  for (;;) {
    const after = found.at(-1)?.key;
    const page = await blobs.list({ prefix, ...(after !== undefined && { after }) });
    if (page.length === 0) return found;
    found.push(...page);
  }
}

/** What `S3_URL` says of an address. */
export function s3Url({ endpoint, bucket, region, accessKeyId, secretAccessKey }: S3Address): string {
  const { host, protocol } = new URL(endpoint);
  const who = `${encodeURIComponent(accessKeyId)}:${encodeURIComponent(secretAccessKey)}`;
  return `s3://${who}@${host}/${bucket}?region=${region}&tls=${protocol === "https:" ? "on" : "off"}`;
}

async function startCluster(options: {
  dir: string;
  conf: string[];
  s3Port: number;
  monPort: number;
  children: Subprocess[];
}): Promise<void> {
  const { dir, conf, s3Port, monPort, children } = options;
  for (const name of ["mon", "osd", "run"]) mkdirSync(join(dir, name));
  writeFileSync(join(dir, "ceph.conf"), configuration({ dir, s3Port, monPort }));
  const map = join(dir, "monmap");
  await run("monmaptool", "--create", "--fsid", clusterId, "--addv", "a", `[v2:127.0.0.1:${monPort}]`, map);
  await run("ceph-mon", ...conf, "-i", "a", "--mkfs", "--monmap", map);
  children.push(daemon(["ceph-mon", ...conf, "-i", "a", "-f"]));
  const store = crypto.randomUUID();
  await run("ceph", ...conf, "--connect-timeout", "30", "osd", "new", store);
  await run("ceph-osd", ...conf, "-i", "0", "--mkfs", "--osd-uuid", store);
  children.push(daemon(["ceph-osd", ...conf, "-i", "0", "-f"]));
}

/**
 * One copy of everything, no authentication between the parts, connections without encryption (which authentication would
 * give keys for), and short waits in the monitor, or each of the gateway's pools takes two seconds to make.
 */
function configuration({ dir, s3Port, monPort }: { dir: string; s3Port: number; monPort: number }): string {
  const modes = ["mon_client", "mon_service", "mon_cluster", "client", "service", "cluster"];
  return `[global]
fsid = ${clusterId}
mon_host = v2:127.0.0.1:${monPort}/0
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv4 = true
ms_bind_ipv6 = false
ms_bind_msgr1 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
${modes.map((mode) => `ms_${mode}_mode = crc`).join("\n")}
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 2147483648
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
mon_data_avail_crit = 0
mon_data_avail_warn = 0
mon_tick_interval = 1
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
mon_data = ${dir}/mon
osd_data = ${dir}/osd
rgw_data = ${dir}/run
run_dir = ${dir}/run
crash_dir = ${dir}/run
admin_socket =
pid_file =
log_file = ${dir}/$name.log
log_to_stderr = false
err_to_stderr = false
rgw_frontends = beast endpoint=127.0.0.1:${s3Port}
rgw_thread_pool_size = 64
rgw_user_quota_bucket_sync_interval = 1
rgw_bucket_quota_ttl = 0
rgw_cache_enabled = false
`;
}

/** Ends with this process where `setpriv` exists, however it ends. */
function daemon(command: string[]): Subprocess {
  const dieWithParent = Bun.which("setpriv") === null ? [] : ["setpriv", "--pdeathsig", "KILL", "--"];
  return Bun.spawn([...dieWithParent, ...command], { stdio: ["ignore", "ignore", "ignore"], cwd: "/" });
}

async function run(...command: string[]): Promise<void> {
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "pipe", cwd: "/" });
  const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  clearTimeout(timer);
  if ((await child.exited) !== 0) throw new Error(`${command[0]} failed: ${err || out}`);
}

async function untilAnswers(endpoint: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 50) {
    const answered = await fetch(endpoint, { signal: AbortSignal.timeout(2_000) }).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await Bun.sleep(50);
  }
  throw new Error("radosgw did not start in a minute");
}

async function makeBucket(endpoint: string): Promise<S3Address> {
  const { accessKeyId, secretAccessKey } = user;
  const bucket = `photos-${crypto.randomUUID().slice(0, 8)}`;
  const address = { endpoint, bucket, region: "us-east-1", accessKeyId, secretAccessKey };
  await s3Sender({ address, log: silentLog() })({ method: "PUT", key: "" });
  return address;
}
