/**
 * The load: sockets in pairs, each with so many sends outstanding (a closed loop), or at a rate (an open loop). Runs in a process of its own, on a core
 * of its own; tells its parent over IPC. Frames are cut and pasted, not parsed: the driver must not be what is measured.
 */
export interface DriverPlan {
  url: string;
  /** One for each socket; neighbours (0 and 1, 2 and 3 …) are a pair and share a conversation. */
  sockets: { ticket: string; conversationId: string; otherId: string }[];
  outstanding: number;
  /** Open loop: so many sends a second from all sockets in turn, whatever comes back. Null for the closed loop. */
  offeredPerSecond: number | null;
  warmUpMs: number;
  measureMs: number;
  /** Sockets (by index) whose people stop accepting in the middle. Empty for the bare server, which has no policy. */
  blockers: number[];
  closers: number[];
}

export interface DriverResult {
  delivered: number;
  seconds: number;
  latenciesMs: { p50: number; p99: number };
  /** Client ids that were acknowledged. */
  acknowledged: string[];
  refusals: { socket: number; code: string; startedAfterRefusing: boolean; refusable: boolean }[];
  /** Sends of a refusing pair that began after the refusal was acknowledged and were acknowledged themselves. */
  leaked: number;
}

export type DriverNews = { is: "measuring" } | { is: "measured" } | { is: "done"; result: DriverResult };

/** The frames' sockets, the pending sends, and the counts. */
class Load {
  readonly plan: DriverPlan;
  readonly sockets: WebSocket[] = [];
  readonly pending: Map<number, { startedMs: number; clientId: string }>[] = [];
  readonly acknowledged: string[] = [];
  readonly refusals: DriverResult["refusals"] = [];
  /** By pair: when the refusal to accept was asked for, and when it was acknowledged. */
  readonly refusing = new Map<number, { askedMs: number; doneMs: number }>();
  readonly latencies: number[] = [];
  readonly startedAt = new Map<string, number>();
  delivered = 0;
  leaked = 0;
  measuring = false;
  running = true;
  private next = 0;

  constructor(plan: DriverPlan) {
    this.plan = plan;
  }

  async connect(): Promise<void> {
    for (let from = 0; from < this.plan.sockets.length; from += 50) {
      const some = this.plan.sockets.slice(from, from + 50);
      await Promise.all(some.map(async (_, index) => await this.open(from + index)));
    }
  }

  private async open(index: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = new WebSocket(`${this.plan.url}/v1/socket?ticket=${this.plan.sockets[index]?.ticket}&version=1`);
    this.sockets[index] = socket;
    this.pending[index] = new Map();
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`socket ${index} failed`));
    socket.onmessage = (event) => this.receive(index, String(event.data));
    await promise;
  }

  /** Its latency counts from `startedMs`. */
  send(index: number, startedMs = performance.now()): void {
    const place = this.plan.sockets[index];
    if (!this.running || !place) return;
    const frameId = (this.next += 1);
    const clientId = `m${frameId}`;
    this.pending[index]?.set(frameId, { startedMs, clientId });
    this.startedAt.set(clientId, startedMs);
    this.sockets[index]?.send(
      `{"id":${frameId},"command":"messages.send","input":{"conversationId":"${place.conversationId}","clientId":"${clientId}","text":"${clientId} dunes before the rain, the third one"}}`,
    );
  }

  private receive(index: number, text: string): void {
    if (text.startsWith('{"event":"message","message"')) return this.receiveMessage(text);
    if (!text.startsWith('{"id":')) return;
    const comma = text.indexOf(",");
    const frameId = Number(text.slice(6, comma));
    const send = this.pending[index]?.get(frameId);
    if (!send) return this.refusalDone(frameId);
    this.pending[index]?.delete(frameId);
    if (text.startsWith('"ok"', comma + 1)) this.acknowledge(index, send);
    else this.refused(index, send, text);
    if (this.plan.offeredPerSecond === null) this.send(index);
  }

  private receiveMessage(text: string): void {
    if (!this.measuring) return;
    this.delivered += 1;
    const at = text.indexOf('"text":"') + 8;
    const started = this.startedAt.get(text.slice(at, text.indexOf(" ", at)));
    if (started !== undefined) this.latencies.push(performance.now() - started);
  }

  private acknowledge(index: number, send: { startedMs: number; clientId: string }): void {
    this.acknowledged.push(send.clientId);
    this.startedAt.delete(send.clientId);
    const refusing = this.refusing.get(index >> 1);
    if (refusing && refusing.doneMs < send.startedMs) this.leaked += 1;
  }

  private refused(index: number, send: { startedMs: number }, text: string): void {
    const code = /"code":"(\w+)"/.exec(text)?.[1] ?? "unknown";
    const refusing = this.refusing.get(index >> 1);
    this.refusals.push({
      socket: index,
      code,
      startedAfterRefusing: (refusing?.doneMs ?? Infinity) < send.startedMs,
      refusable: refusing !== undefined,
    });
  }

  /** In the middle, some stop accepting: by blocking, or by closing their setting. */
  stopAccepting(): void {
    for (const index of this.plan.blockers)
      this.refuse(index, `"command":"blocks.block","input":{"personId":"${this.plan.sockets[index]?.otherId}"}`);
    for (const index of this.plan.closers)
      this.refuse(index, `"command":"settings.update","input":{"whoMayMessage":"no_one"}`);
  }

  private refuse(index: number, command: string): void {
    this.refusing.set(index >> 1, { askedMs: performance.now(), doneMs: Infinity });
    this.sockets[index]?.send(`{"id":${refusalBase + index},${command}}`);
  }

  private refusalDone(frameId: number): void {
    const refusing = this.refusing.get((frameId - refusalBase) >> 1);
    if (refusing && refusing.doneMs === Infinity) refusing.doneMs = performance.now();
  }

  /**
   * The open loop. A send that is due late is measured from when it was due: what waits because others were slow counts as
   * waiting (no coordinated omission).
   */
  async offer(perSecond: number): Promise<void> {
    const startMs = performance.now();
    for (let n = 0; this.running;) {
      const dueMs = startMs + (n * 1000) / perSecond;
      if (dueMs > performance.now()) {
        await Bun.sleep(1);
        continue;
      }
      this.send(n % this.plan.sockets.length, dueMs);
      n += 1;
    }
  }

  outstanding(): number {
    return this.pending.reduce((sum, map) => sum + map.size, 0);
  }
}

const refusalBase = 1e15;

process.on("message", (plan: DriverPlan) => void drive(plan));

async function drive(plan: DriverPlan): Promise<void> {
  const load = new Load(plan);
  await load.connect();
  if (plan.offeredPerSecond !== null) void load.offer(plan.offeredPerSecond);
  else for (let round = 0; round < plan.outstanding; round += 1) plan.sockets.forEach((_, index) => load.send(index));
  await Bun.sleep(plan.warmUpMs);
  load.measuring = true;
  const startedMs = performance.now();
  tell({ is: "measuring" });
  await Bun.sleep(plan.measureMs / 2);
  load.stopAccepting();
  await Bun.sleep(plan.measureMs / 2);
  load.measuring = false;
  const seconds = (performance.now() - startedMs) / 1000;
  tell({ is: "measured" });
  load.running = false;
  for (let waitedMs = 0; load.outstanding() > 0 && waitedMs < 10_000; waitedMs += 50) await Bun.sleep(50);
  const sorted = load.latencies.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  const { delivered, acknowledged, refusals, leaked } = load;
  tell({
    is: "done",
    result: { delivered, seconds, latenciesMs: { p50: at(0.5), p99: at(0.99) }, acknowledged, refusals, leaked },
  });
  for (const socket of load.sockets) socket.close();
}

function tell(news: DriverNews): void {
  process.send?.(news);
}
