import { openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ready } from "../../../apps/server/test/crash-server.ts";
import { cutLine, type CutLine } from "../../../apps/server/test/cut-line.ts";
import type { Node } from "./cluster.ts";

const main = join(import.meta.dir, "../../../apps/server/src/main.ts");
const clock = join(import.meta.dir, "../preload/clock.ts");
/** Recovery after a crash, on a machine with other things to do. */
const readyWithinMs = 60_000;

export interface NodeOptions {
  name: string;
  port: number;
  /** For its clock and its log. */
  dir: string;
  env: Record<string, string>;
  /** Modules that run before the server's own: planted bugs. */
  preloads: readonly string[];
  lines?: { database?: CutLine; broker?: CutLine };
}

/** One server as `npm start` runs it, not started yet. */
export async function makeNode(options: NodeOptions): Promise<Node & AsyncDisposable> {
  const { name, port, dir, lines } = options;
  const url = `http://127.0.0.1:${port}`;
  const clockFile = join(dir, `${name}.clock`);
  const line = await cutLine(url);
  let child: Bun.Subprocess | null = null;
  let crashes = 0;
  const isGone = () => child !== null && (child.exitCode !== null || child.signalCode !== null);
  const setClock = (offsetMs: number) => writeFileSync(clockFile, String(offsetMs));
  setClock(0);
  const end = async (signal: "SIGKILL" | "SIGTERM") => {
    const running = child;
    child = null;
    if (!running) return;
    running.kill(signal);
    const late = setTimeout(() => running.kill("SIGKILL"), 45_000);
    await running.exited;
    clearTimeout(late);
  };
  return {
    name,
    line,
    directUrl: url,
    ...(lines?.database && { databaseLine: lines.database }),
    ...(lines?.broker && { brokerLine: lines.broker }),
    pid: () => (isGone() ? 0 : (child?.pid ?? 0)),
    crashes: () => crashes,
    end,
    setClock,
    async start() {
      if (isGone()) crashes += 1;
      if (child === null || isGone()) child = spawn(options, clockFile);
      try {
        await ready(url, child, readyWithinMs);
      } catch (cause) {
        throw new Error(`${name} did not come up; its log ends with:\n${logTail(join(dir, `${name}.log`))}`, { cause });
      }
    },
    async ready() {
      if (child) await ready(url, child, readyWithinMs);
    },
    async [Symbol.asyncDispose]() {
      await end("SIGTERM");
      await line[Symbol.asyncDispose]();
    },
  };
}

function logTail(file: string): string {
  return readFileSync(file, "utf8").trim().split("\n").slice(-6).join("\n");
}

function spawn({ name, port, dir, env, preloads }: NodeOptions, clockFile: string): Bun.Subprocess {
  const log = openSync(join(dir, `${name}.log`), "a");
  const { PATH = "", HOME = "" } = process.env;
  return Bun.spawn([process.execPath, ...[clock, ...preloads].flatMap((path) => ["--preload", path]), main], {
    env: {
      PATH,
      HOME,
      SOTTO_PORT: String(port),
      SOTTO_LOG: "info",
      SOTTO_LIMIT_SENDS_PER_SECOND: "1000000",
      SOTTO_LIMIT_STRANGERS_PER_DAY: "1000000",
      SOTTO_TEST_CLOCK: clockFile,
      ...env,
    },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
}
