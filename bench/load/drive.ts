import { readFileSync } from "node:fs";
import { cpuSeconds, pinned } from "../send/processes.ts";
import type { Accounts, DriverNews, DriverOrder, LoadPlan, LoadResult } from "./plan.ts";

/** The processes under test: their CPU is what a message costs. */
export interface Pids {
  servers: readonly number[];
  database: number;
}

export interface Measured extends LoadResult {
  deliveredPerSecond: number;
  /** Server and database, with everything that they started. */
  cpuSeconds: number;
  databaseCpuSeconds: number;
  /** What the machine's other work took meanwhile, in cores: above some hundredths the figures are too low. */
  busyElsewhere: number;
}

/** The driver's process, on the second core. */
export class Driver implements AsyncDisposable {
  private readonly child: Bun.Subprocess;
  private news: (news: DriverNews) => void = () => {};
  private ended = false;

  private constructor() {
    const script = new URL("./driver.ts", import.meta.url).pathname;
    this.child = Bun.spawn(pinned(1, [process.execPath, script]), {
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (news: DriverNews) => this.news(news),
      onExit: () => {
        this.ended = true;
        this.news({ is: "failed", why: "the driver ended" });
      },
    });
  }

  static async start(): Promise<Driver> {
    const driver = new Driver();
    await driver.until("started", () => {});
    return driver;
  }

  /** Opens connections, beside those that are open. */
  async open(accounts: Accounts): Promise<void> {
    await this.until("opened", () => this.order({ do: "open", accounts }));
  }

  async drive(plan: LoadPlan, pids: Pids): Promise<Measured> {
    const read = () => readCpu(pids, this.child.pid);
    let before = read();
    let after = before;
    const { result } = await this.until(
      "done",
      () => this.order({ do: "drive", plan }),
      (news) => {
        if (news.is === "measuring") before = read();
        if (news.is === "measured") after = read();
      },
    );
    return {
      ...result,
      deliveredPerSecond: result.delivered / result.seconds,
      cpuSeconds: after.all - before.all,
      databaseCpuSeconds: after.database - before.database,
      busyElsewhere: (after.elsewhere - before.elsewhere) / result.seconds,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.exited;
  }

  private order(order: DriverOrder): void {
    this.child.send(order);
  }

  private async until<K extends DriverNews["is"]>(
    kind: K,
    begin: () => void,
    meanwhile: (news: DriverNews) => void = () => {},
  ): Promise<Extract<DriverNews, { is: K }>> {
    const { promise, resolve, reject } = Promise.withResolvers<Extract<DriverNews, { is: K }>>();
    this.news = (news) => {
      if (isKind(news, kind)) resolve(news);
      else if (news.is === "failed") reject(new Error(news.why));
      else meanwhile(news);
    };
    if (this.ended) throw new Error("the driver ended");
    begin();
    return await promise;
  }
}

function isKind<K extends DriverNews["is"]>(news: DriverNews, kind: K): news is Extract<DriverNews, { is: K }> {
  return news.is === kind;
}

interface Cpu {
  all: number;
  database: number;
  elsewhere: number;
}

/** Seconds so far. */
function readCpu({ servers, database }: Pids, driver: number): Cpu {
  const all = cpuSeconds([...servers, database]);
  return { all, database: cpuSeconds([database]), elsewhere: machineCpuSeconds() - all - cpuSeconds([driver]) };
}

/** Everything but idle and waiting for the disk, on all cores: the first line of `/proc/stat`, in USER_HZ of 100. */
function machineCpuSeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = readFileSync("/proc/stat", "utf8")
    .slice(0, 200)
    .split("\n", 1)
    .join("")
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softIrq + steal) / 100;
}
