import type { Line } from "./line.ts";
import { openWebSocketLine } from "./line-websocket.ts";
import { openXmppLine } from "./line-xmpp.ts";
import type { Accounts, DriverNews, DriverOrder, LoadPlan, LoadResult } from "./plan.ts";

/**
 * The load of `peers` and `scale`: a closed loop, the same for whatever protocol the lines speak. Each sender keeps so many
 * messages under way; one that is through (the plan says what that means) lets the next go.
 */
class Load {
  readonly lines: Line[] = [];
  private plan: LoadPlan = { senders: 0, outstanding: 0, closesOn: "acknowledgement", warmUpMs: 0, measureMs: 0 };
  /** By the message's number. */
  private readonly startedMs: number[] = [];
  private readonly senderOf: number[] = [];
  private readonly receiversLeft: number[] = [];
  private latenciesMs: number[] = [];
  private counts = { delivered: 0, acknowledged: 0, sentInAll: 0, deliveredInAll: 0, refused: 0, unknown: 0 };
  private underWay = 0;
  private measuring = false;
  private running = false;

  async open(accounts: Accounts): Promise<void> {
    const count = accounts.protocol === "sotto" ? accounts.tickets.length : accounts.users.length;
    for (let from = 0; from < count; from += 50) {
      const wave = Array.from({ length: Math.min(50, count - from) }, (_, index) => from + index);
      this.lines.push(...(await Promise.all(wave.map(async (index) => await this.openOne(accounts, index)))));
    }
  }

  private async openOne(accounts: Accounts, index: number): Promise<Line> {
    const events = {
      delivered: (number: number) => this.delivered(number),
      acknowledged: (number: number) => this.acknowledged(number),
      refused: (number: number) => this.refused(number),
    };
    if (accounts.protocol === "sotto") {
      const { urls, tickets, conversationIds } = accounts;
      const url = urls[index % urls.length] ?? "";
      const place = { url, ticket: tickets[index] ?? "", conversationId: conversationIds[index] ?? "" };
      return await openWebSocketLine(place, events);
    }
    const { users, port, domain, password } = accounts;
    return await openXmppLine(
      { port, domain, password, user: users[index] ?? "", peer: users[index ^ 1] ?? "" },
      events,
    );
  }

  async drive(plan: LoadPlan): Promise<LoadResult> {
    this.begin(plan);
    for (let round = 0; round < plan.outstanding; round += 1)
      for (let sender = 0; sender < plan.senders; sender += 1) this.send(sender);
    await Bun.sleep(plan.warmUpMs);
    this.measuring = true;
    tell({ is: "measuring" });
    const startedMs = performance.now();
    await Bun.sleep(plan.measureMs);
    this.measuring = false;
    const seconds = (performance.now() - startedMs) / 1000;
    tell({ is: "measured" });
    this.running = false;
    for (let waitedMs = 0; this.underWay > 0 && waitedMs < 10_000; waitedMs += 50) await Bun.sleep(50);
    const sorted = this.latenciesMs.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
    return { ...this.counts, seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
  }

  /** Numbers go on from run to run: a client id is used once. */
  private begin(plan: LoadPlan): void {
    this.plan = plan;
    this.latenciesMs = [];
    this.counts = { delivered: 0, acknowledged: 0, sentInAll: 0, deliveredInAll: 0, refused: 0, unknown: 0 };
    this.underWay = 0;
    this.running = true;
  }

  private send(sender: number): void {
    if (!this.running) return;
    const number = this.startedMs.length;
    this.startedMs.push(performance.now());
    this.senderOf.push(sender);
    this.receiversLeft.push(this.plan.closesOn === "acknowledgement" ? 0 : this.plan.closesOn.receivers);
    this.counts.sentInAll += 1;
    this.underWay += 1;
    this.lines[sender]?.send(number);
  }

  private delivered(number: number): void {
    const startedMs = this.startedMs[number];
    if (startedMs === undefined) return void (this.counts.unknown += 1);
    this.counts.deliveredInAll += 1;
    if (this.measuring) {
      this.counts.delivered += 1;
      this.latenciesMs.push(performance.now() - startedMs);
    }
    const left = (this.receiversLeft[number] ?? 0) - 1;
    this.receiversLeft[number] = left;
    if (left === 0) this.through(number);
  }

  private acknowledged(number: number): void {
    if (this.measuring) this.counts.acknowledged += 1;
    if (this.plan.closesOn === "acknowledgement") this.through(number);
  }

  private refused(number: number): void {
    this.counts.refused += 1;
    this.through(number);
  }

  private through(number: number): void {
    this.underWay -= 1;
    this.send(this.senderOf[number] ?? 0);
  }
}

const load = new Load();

process.on("message", (order: DriverOrder) => {
  void obey(order).catch((error: unknown) => tell({ is: "failed", why: String(error) }));
});
tell({ is: "started" });

async function obey(order: DriverOrder): Promise<void> {
  if (order.do === "open") {
    await load.open(order.accounts);
    tell({ is: "opened", connections: load.lines.length });
  } else tell({ is: "done", result: await load.drive(order.plan) });
}

function tell(news: DriverNews): void {
  process.send?.(news);
}
