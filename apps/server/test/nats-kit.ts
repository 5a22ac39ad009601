import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why suites that need a broker are skipped; null where it is installed. */
export const noBroker: string | null =
  Bun.which("nats-server", { PATH: `${process.env["PATH"]}:/usr/sbin` }) === null
    ? "needs nats-server on the PATH (Debian: apt-get install nats-server)"
    : null;

export interface Broker extends AsyncDisposable {
  host: string;
  port: number;
  /** `nats://host:port`. */
  url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** A real nats-server of the test's own. `run`: before its command, to run it elsewhere. */
export async function startBroker(
  options: { host?: string; port?: number; run?: readonly string[] } = {},
): Promise<Broker> {
  const { host = "127.0.0.1", port = freePort(), run = [] } = options;
  const dir = mkdtempSync(join(tmpdir(), "sotto-nats-"));
  let running: Bun.Subprocess | undefined;
  const kill = async () => {
    running?.kill("SIGKILL");
    await running?.exited;
  };
  const restart = async () => {
    await kill();
    const program = Bun.which("nats-server", { PATH: `${process.env["PATH"]}:/usr/sbin` }) ?? "nats-server";
    running = Bun.spawn([...run, program, "-a", host, "-p", String(port)], {
      cwd: dir,
      stdout: "ignore",
      stderr: "ignore",
    });
    await listening({ host, port });
  };
  await restart();
  return {
    host,
    port,
    url: `nats://${host}:${port}`,
    kill,
    restart,
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}

async function listening(at: { host: string; port: number }): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(at.port, at.host, () => resolve(true)).on("error", () => resolve(false));
      setTimeout(() => socket.destroy(), 20);
    });
    if (open) return;
    await Bun.sleep(25);
  }
  throw new Error("nats-server did not start");
}
