import { join } from "node:path";
import { Driver } from "../load/drive.ts";
import { residentBytes } from "../send/processes.ts";
import { seedPairs } from "../send/seed.ts";
import { startServer } from "../send/server.ts";
import { sottoAccounts, toPoint, type ScalePoint, type ScaleShape } from "./measure.ts";

const senders = 100;
/** Their tickets are good for half a minute. */
const perWave = 2000;

export interface ConnectionsPoint extends ScalePoint {
  serverMegabytes: number;
}

/** Cost per message against the connections that are open, of which a hundred send. */
export async function connectionsCurve(
  folder: string,
  counts: readonly number[],
  shape: ScaleShape,
): Promise<ConnectionsPoint[]> {
  const server = await startServer(join(folder, "connections"));
  const points: ConnectionsPoint[] = [];
  try {
    await using driver = await Driver.start();
    let open = 0;
    for (const count of counts) {
      while (open < count) {
        const wave = Math.min(perWave, count - open);
        const places = await seedPairs(server.database.sql, server.secret, wave);
        await driver.open(sottoAccounts([server.socketUrl], places));
        open += wave;
      }
      const load = { senders, outstanding: 4, closesOn: { receivers: 1 }, ...shape };
      const pids = { servers: [server.pids.server], database: server.pids.database };
      const point = toPoint(count, await driver.drive(load, pids));
      points.push({ ...point, serverMegabytes: Math.round(residentBytes(server.pid) / 2 ** 20) });
    }
  } finally {
    await server.stop();
  }
  return points;
}
