import { chmod, mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { Driver, type Measured } from "../load/drive.ts";
import { residentBytes } from "../send/processes.ts";
import { removeBenchFolder } from "../remove-folder.ts";
import type { PeerSubject, StartOptions } from "./subject.ts";

export interface PeerFigures {
  connections: number;
  deliveredPerSecond: number;
  cpuMicrosPerMessage: number;
  ofWhichDatabaseMicros: number;
  p50Ms: number;
  p99Ms: number;
  /** Of the whole run, and as many messages in the archive: else the archive was off. */
  delivered: number;
  archived: number;
  busyElsewhere: number;
  /** The same server when a sender goes on once it is answered, as in `bench send`; where the protocol answers. */
  onAcknowledgement?: Pick<PeerFigures, "deliveredPerSecond" | "p50Ms" | "p99Ms" | "busyElsewhere">;
}

export type Start = (options: StartOptions) => Promise<PeerSubject>;

/** Starts the server on an empty database, drives it, counts its archive, and leaves nothing. */
export async function measurePeer(
  start: Start,
  shape: { data: string; connections: number; outstanding: number; warmUpMs: number; measureMs: number },
): Promise<PeerFigures> {
  const { connections, outstanding, warmUpMs, measureMs } = shape;
  const plan = { senders: connections, outstanding, warmUpMs, measureMs };
  return await withSubject(start, { data: shape.data, people: connections }, async (subject, driver) => {
    await driver.open(subject.accounts(0, connections));
    const result = await driver.drive({ ...plan, closesOn: { receivers: 1 } }, subject.pids);
    const figures = { connections, ...toFigures(result), archived: await settled(subject) };
    if (!subject.answers) return figures;
    const answered = await driver.drive({ ...plan, closesOn: "acknowledgement" }, subject.pids);
    const { deliveredPerSecond, p50Ms, p99Ms, busyElsewhere } = toFigures(answered);
    return { ...figures, onAcknowledgement: { deliveredPerSecond, p50Ms, p99Ms, busyElsewhere } };
  });
}

function toFigures(result: Measured): Omit<PeerFigures, "connections" | "archived"> {
  if (result.unknown > 0 || result.refused > 0)
    throw new Error(`${result.unknown} unknown messages, ${result.refused} refused`);
  return {
    deliveredPerSecond: Math.round(result.deliveredPerSecond),
    cpuMicrosPerMessage: round((result.cpuSeconds * 1e6) / result.delivered),
    ofWhichDatabaseMicros: round((result.databaseCpuSeconds * 1e6) / result.delivered),
    p50Ms: round(result.p50Ms),
    p99Ms: round(result.p99Ms),
    delivered: result.deliveredInAll,
    busyElsewhere: Number(result.busyElsewhere.toFixed(2)),
  };
}

const first = 200;

/** What the server's process grows by for each connection that says nothing: after the first 200, which warm it up. */
export async function measureIdlePeer(start: Start, shape: { data: string; connections: number }): Promise<number> {
  const people = shape.connections + first;
  return await withSubject(start, { data: shape.data, people }, async (subject, driver) => {
    await driver.open(subject.accounts(0, first));
    await Bun.sleep(2_000);
    const before = residentBytes(subject.serverPid);
    await driver.open(subject.accounts(first, people));
    await Bun.sleep(3_000);
    return Math.round((residentBytes(subject.serverPid) - before) / shape.connections);
  });
}

async function withSubject<T>(
  start: Start,
  shape: { data: string; people: number },
  work: (subject: PeerSubject, driver: Driver) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(shape.data, "sotto-peers-"));
  try {
    // The servers run as somebody who is not us.
    await chmod(folder, 0o755);
    await mkdir(join(folder, "sotto"));
    const subject = await start({ folder, people: shape.people });
    try {
      await using driver = await Driver.start();
      return await work(subject, driver);
    } finally {
      await subject.stop();
    }
  } finally {
    removeBenchFolder(folder);
  }
}

/** An archive may be written after the delivery: counted until it stands still. */
async function settled(subject: PeerSubject): Promise<number> {
  for (let last = -1; ;) {
    const count = await subject.archived();
    if (count === last) return count;
    last = count;
    await Bun.sleep(500);
  }
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
