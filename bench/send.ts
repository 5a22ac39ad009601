import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import type { DriverNews, DriverPlan, DriverResult } from "./send/driver.ts";
import { measureIdle } from "./send/idle.ts";
import { removeBenchFolder } from "./remove-folder.ts";
import { canPin, cpuSeconds, pinned, refuseTmpfs } from "./send/processes.ts";
import { startBare, startSotto, type Subject } from "./send/subjects.ts";

const help = `npm run bench -- send [options]

  Messages a second through the whole server, its database included, on one core: sockets in pairs, so many sends
  outstanding on each, every policy check on. The same load goes against
  a bare server (bench/send/bare-server.ts): one that writes each frame by itself, and one that groups a socket's writes as Sotto does.

  --connections N   sockets (500)
  --outstanding N   sends under way on each (4)
  --offered N       instead: N sends a second from all sockets together, whatever comes back (an open loop); p50 and p99
                    count from when each was due
  --seconds N       measured, after the warm-up (10)
  --warm-up N       seconds (3)
  --idle N          idle sockets for bytesPerIdleSocket and the server's resident memory, 0 to leave it out (15000)
  --profile DIR     also write a CPU profile of the server there
  --data DIR        where the databases lie while it runs; not in memory (the system's folder for temporary files)`;

/** Prints progress to stderr, and the figures as one line of JSON last. */
export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      help: { type: "boolean", short: "h" },
      connections: { type: "string", default: "500" },
      outstanding: { type: "string", default: "4" },
      offered: { type: "string" },
      seconds: { type: "string", default: "10" },
      "warm-up": { type: "string", default: "3" },
      idle: { type: "string", default: "15000" },
      profile: { type: "string" },
      data: { type: "string", default: tmpdir() },
    },
  });
  if (values.help) return console.log(help);
  const dir = await mkdtemp(join(values.data, "sotto-bench-"));
  try {
    await refuseTmpfs(dir);
    const shape = {
      connections: Number(values.connections),
      outstanding: Number(values.outstanding),
      offeredPerSecond: values.offered === undefined ? null : Number(values.offered),
      warmUpMs: Number(values["warm-up"]) * 1000,
      measureMs: Number(values.seconds) * 1000,
      profileDir: values.profile,
    };
    const bare = await measure("bare", await startBare(join(dir, "bare"), shape, "single"), shape);
    const grouped = await measure("bare, grouped", await startBare(join(dir, "grouped"), shape, "grouped"), shape);
    const sotto = await measure("sotto", await startSotto(join(dir, "sotto"), shape), shape);
    const idle = Number(values.idle) > 0 ? await measureIdle(join(dir, "idle"), Number(values.idle)) : {};
    console.log(
      JSON.stringify({
        ...sotto,
        ...(shape.offeredPerSecond !== null && { offeredPerSecond: shape.offeredPerSecond, bareP99Ms: bare.p99Ms }),
        ...idle,
        pinned: canPin(),
        bareDeliveredPerSecond: bare.deliveredPerSecond,
        ratioToBare: round(sotto.deliveredPerSecond / bare.deliveredPerSecond, 3),
        groupedBareDeliveredPerSecond: grouped.deliveredPerSecond,
        ratioToGroupedBare: round(sotto.deliveredPerSecond / grouped.deliveredPerSecond, 3),
      }),
    );
    if (sotto.acknowledgedAndMissing > 0 || sotto.leakedAfterRefusal > 0 || sotto.unexpectedRefusals > 0)
      process.exitCode = 1;
  } finally {
    removeBenchFolder(dir);
  }
}

export interface Shape {
  connections: number;
  outstanding: number;
  /** Null for the closed loop. */
  offeredPerSecond: number | null;
  warmUpMs: number;
  measureMs: number;
  profileDir?: string | undefined;
}

async function measure(name: string, subject: Subject, shape: Shape) {
  console.error(
    `${name}: ${shape.connections} sockets in pairs, ${shape.offeredPerSecond === null ? `${shape.outstanding} outstanding` : `${shape.offeredPerSecond} sends a second`}, ${shape.measureMs / 1000} s`,
  );
  try {
    const { result, cpu } = await drive(subject, shape);
    const verdict = await subject.verify(result);
    const figures = {
      deliveredPerSecond: Math.round(result.delivered / result.seconds),
      serverCpuMicrosPerMessage: round((cpu.all * 1e6) / result.delivered, 1),
      ofWhichDatabaseMicros: round((cpu.database * 1e6) / result.delivered, 1),
      p50Ms: round(result.latenciesMs.p50, 1),
      p99Ms: round(result.latenciesMs.p99, 1),
      ...verdict,
    };
    console.error(`${name}: ${JSON.stringify(figures)}`);
    return figures;
  } finally {
    await subject.stop();
  }
}

async function drive(subject: Subject, shape: Shape): Promise<{ result: DriverResult; cpu: Cpu }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ result: DriverResult; cpu: Cpu }>();
  let before: Cpu = { all: 0, database: 0 };
  let after = before;
  const child = Bun.spawn(pinned(1, [process.execPath, new URL("./send/driver.ts", import.meta.url).pathname]), {
    stdio: ["ignore", "inherit", "inherit"],
    ipc(news: DriverNews) {
      if (news.is === "measuring") before = readCpu(subject);
      else if (news.is === "measured") after = readCpu(subject);
      else
        resolve({
          result: news.result,
          cpu: { all: after.all - before.all, database: after.database - before.database },
        });
    },
    onExit: () => reject(new Error("the driver ended early")),
  });
  const { outstanding, offeredPerSecond, warmUpMs, measureMs } = shape;
  const plan: DriverPlan = {
    url: subject.url,
    sockets: subject.sockets,
    ...subject.refusing,
    outstanding,
    offeredPerSecond,
    warmUpMs,
    measureMs,
  };
  child.send(plan);
  try {
    return await promise;
  } finally {
    child.kill();
    await child.exited;
  }
}

/** Seconds, so far. */
interface Cpu {
  all: number;
  database: number;
}

function readCpu({ pids }: Subject): Cpu {
  return { all: cpuSeconds(Object.values(pids)), database: cpuSeconds([pids.database]) };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
