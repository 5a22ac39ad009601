import { Driver, type Measured, type Pids } from "../load/drive.ts";
import type { Accounts, LoadPlan } from "../load/plan.ts";

/** What a message costs at one point of a curve. */
export interface ScalePoint {
  /** What the curve is drawn against: members, messages, connections or nodes. */
  at: number;
  messagesPerSecond: number;
  deliveriesPerSecond: number;
  cpuMicrosPerMessage: number;
  ofWhichDatabaseMicros: number;
  p50Ms: number;
  p99Ms: number;
  busyElsewhere: number;
}

export interface ScaleShape {
  warmUpMs: number;
  measureMs: number;
}

export async function measurePoint(options: {
  at: number;
  accounts: Accounts;
  pids: Pids;
  load: Pick<LoadPlan, "senders" | "outstanding" | "closesOn">;
  shape: ScaleShape;
}): Promise<ScalePoint> {
  await using driver = await Driver.start();
  await driver.open(options.accounts);
  return toPoint(options.at, await driver.drive({ ...options.load, ...options.shape }, options.pids));
}

export function toPoint(at: number, result: Measured): ScalePoint {
  if (result.refused > 0 || result.unknown > 0)
    throw new Error(`${result.refused} refused, ${result.unknown} unknown messages`);
  const micros = (seconds: number) => Number(((seconds * 1e6) / result.acknowledged).toFixed(1));
  const point = {
    at,
    messagesPerSecond: Math.round(result.acknowledged / result.seconds),
    deliveriesPerSecond: Math.round(result.deliveredPerSecond),
    cpuMicrosPerMessage: micros(result.cpuSeconds),
    ofWhichDatabaseMicros: micros(result.databaseCpuSeconds),
    p50Ms: Number(result.p50Ms.toFixed(1)),
    p99Ms: Number(result.p99Ms.toFixed(1)),
    busyElsewhere: Number(result.busyElsewhere.toFixed(2)),
  };
  console.error(JSON.stringify(point));
  return point;
}

/** Places of seeded people, as the driver wants them. */
export function sottoAccounts(
  urls: string[],
  places: readonly { ticket: string; conversationId: string }[],
): Extract<Accounts, { protocol: "sotto" }> {
  return {
    protocol: "sotto",
    urls,
    tickets: places.map(({ ticket }) => ticket),
    conversationIds: places.map(({ conversationId }) => conversationId),
  };
}
