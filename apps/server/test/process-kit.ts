import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../src/db/connect.ts";
import { makeBelongings, type Belongings } from "./sample-input.ts";
import { bystander, type Bystander } from "./bystanders.ts";
import { freePort, startCrashServer, type CrashServer } from "./crash-server.ts";

/** The program in a process of its own, so that its memory is its own, with a world and somebody calm in it. */
export interface Besieged extends AsyncDisposable {
  url: string;
  server: CrashServer;
  database: Database;
  world: Belongings;
  calm: Bystander;
  pid: number;
  /** The calm one's times, with nobody else there. */
  quiet(): Promise<number[]>;
}

export async function besieged(name: string): Promise<Besieged> {
  const dataDir = mkdtempSync(join(tmpdir(), `sotto-${name}-`));
  chmodSync(dataDir, 0o755);
  const server = await startCrashServer({ dataDir, port: freePort() });
  const database = server.open();
  const world = await makeBelongings({ url: server.url, database });
  const calm = await bystander(server.url, world.friend, world.conversationId);
  return {
    url: server.url,
    server,
    database,
    world,
    calm,
    pid: server.process.pid,
    async quiet() {
      calm.take();
      await Bun.sleep(1_500);
      return calm.take();
    },
    async [Symbol.asyncDispose]() {
      await calm[Symbol.asyncDispose]();
      await database.close();
      server.process.kill("SIGINT");
      await server.process.exited;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
