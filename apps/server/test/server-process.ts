import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The program as `npm start` runs it, in a process and a folder of its own, that a test can kill and start again. */
export interface ServerProcess extends AsyncDisposable {
  url: string;
  env: Readonly<Record<string, string>>;
  dataDir: string;
  start(): Promise<void>;
  /** Of the process that runs. */
  pid(): number;
  /** Resolves when the process is gone. */
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
}

const startTimeoutMs = 60_000;

/** Not started yet. `env` comes on top of a folder and a port. */
export async function serverProcess(extra: Record<string, string> = {}): Promise<ServerProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), "sotto-process-"));
  // Closed to PostgreSQL's user, its database would lie elsewhere, and stay there.
  await chmod(dataDir, 0o755);
  const port = await freePort();
  const env = { SOTTO_DATA: dataDir, SOTTO_PORT: String(port), SOTTO_LOG: "error", ...extra };
  const url = `http://127.0.0.1:${port}`;
  let running: Bun.Subprocess | undefined;
  const kill = async (signal: "SIGKILL" | "SIGTERM") => {
    running?.kill(signal);
    await running?.exited;
  };
  return {
    url,
    env,
    dataDir,
    kill,
    pid: () => running?.pid ?? 0,
    async start() {
      running = spawn(env);
      await untilReady(url, running);
    },
    async [Symbol.asyncDispose]() {
      await kill("SIGTERM");
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function spawn(env: Record<string, string>): Bun.Subprocess {
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const { PATH, HOME } = process.env;
  return Bun.spawn([process.execPath, main], { env: { PATH, HOME, ...env }, stdout: "inherit", stderr: "inherit" });
}

async function untilReady(url: string, running: Bun.Subprocess): Promise<void> {
  const giveUpMs = Date.now() + startTimeoutMs;
  while (Date.now() < giveUpMs && running.exitCode === null) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await Bun.sleep(50);
  }
  throw new Error("the server did not start");
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
