import { join } from "node:path";
import { Driver } from "../load/drive.ts";
import { seedPairs } from "../send/seed.ts";
import { startServer } from "../send/server.ts";
import { sottoAccounts, toPoint, type ScalePoint, type ScaleShape } from "./measure.ts";

const outstanding = 4;

/** Cost per message against the messages that are under way at once: what arrives together is committed together. */
export async function underWayCurve(
  folder: string,
  counts: readonly number[],
  shape: ScaleShape,
): Promise<ScalePoint[]> {
  const server = await startServer(join(folder, "under-way"));
  const points: ScalePoint[] = [];
  try {
    const people = Math.ceil(Math.max(...counts, 2) / outstanding / 2) * 2;
    const places = await seedPairs(server.database.sql, server.secret, people);
    await using driver = await Driver.start();
    await driver.open(sottoAccounts([server.socketUrl], places));
    for (const count of counts) {
      const each = Math.min(outstanding, count);
      const load = { senders: Math.round(count / each), outstanding: each, closesOn: { receivers: 1 }, ...shape };
      const pids = { servers: [server.pids.server], database: server.pids.database };
      points.push(toPoint(count, await driver.drive(load, pids)));
    }
  } finally {
    await server.stop();
  }
  return points;
}
