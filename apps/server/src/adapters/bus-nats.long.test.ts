import { expect, test } from "bun:test";
import { cutLine } from "../../test/cut-line.ts";
import { noBroker, startBroker, type Broker } from "../../test/nats-kit.ts";
import { until } from "../../test/people.ts";
import { silentLog } from "../log.ts";
import type { Bus, Hint } from "../ports/bus.ts";
import { busContract } from "./bus-contract.ts";
import { natsBus } from "./bus-nats.ts";
import { redialDelay } from "./bus-nats-dial.ts";

const why = noBroker === null ? "" : ` (skipped: ${noBroker})`;
const check = test.skipIf(noBroker !== null);
const person = "0190a000-0000-7000-8000-00000000000a";
const hintOf = (payload: string): Hint => ({ kind: "event", personId: person, payload });

busContract(
  `NATS${why}`,
  async (count) => {
    const broker = await startBroker();
    const buses = await joined(broker, count);
    return {
      buses,
      settled: () => settled(buses),
      async [Symbol.asyncDispose]() {
        for (const bus of buses) await bus.close();
        await broker[Symbol.asyncDispose]();
      },
    };
  },
  noBroker !== null,
);

check(`NATS: installations on one broker do not hear each other${why}`, async () => {
  await using broker = await startBroker();
  const [ours] = await joined(broker, 1);
  const theirs = natsBus({ address: addressOf(broker), prefix: "another", log: silentLog() });
  await until("both are here", () => theirs.state() === "here");
  const heard: Hint[] = [];
  let gaps = 0;
  theirs.subscribe((hint) => heard.push(hint));
  theirs.onGap(() => (gaps += 1));
  await theirs.watch(person);
  ours?.publish(hintOf("{}"));
  ours?.announceGap();
  await Bun.sleep(200);
  expect({ heard, gaps }).toEqual({ heard: [], gaps: 0 });
  await Promise.all([ours?.close(), theirs.close()]);
});

check(`NATS: starts without a broker, goes on without one, and both sides learn of the gap${why}`, async () => {
  await using broker = await startBroker();
  await broker.kill();
  const [here, there] = [open(broker), open(broker)];
  await there.watch(person);
  const heard: string[] = [];
  const own: string[] = [];
  let gaps = 0;
  there.subscribe((hint) => hint.kind === "event" && heard.push(hint.payload));
  there.onGap(() => (gaps += 1));
  here.subscribe((hint) => hint.kind === "event" && own.push(hint.payload));
  here.publish(hintOf("while away"));
  expect(here.state()).toBe("away");
  for (const round of [1, 2]) {
    await broker.restart();
    await until("both are back", () => here.state() === "here" && there.state() === "here");
    await until("the gap is known", () => gaps > 0);
    await until("hints flow again", () => (here.publish(hintOf(`round ${round}`)), heard.includes(`round ${round}`)));
    gaps = 0;
    await broker.kill();
    await until("both notice", () => here.state() === "away" && there.state() === "away");
  }
  expect(own).toContain("while away");
  expect(heard).not.toContain("while away");
  await Promise.all([here.close(), there.close()]);
});

check(
  `T29 NATS: a line that swallows everything costs bounded memory, and the others learn that hints were lost${why}`,
  async () => {
    await using broker = await startBroker();
    await using line = await cutLine(`http://127.0.0.1:${broker.port}`);
    const stuck = natsBus({
      address: { servers: [new URL(line.url).host], tls: false },
      prefix: "test",
      log: silentLog(),
    });
    const [there] = await joined(broker, 1);
    await until("it is here", () => stuck.state() === "here");
    let gaps = 0;
    there?.onGap(() => (gaps += 1));
    line.stall();
    Bun.gc(true);
    const before = process.memoryUsage().rss;
    const payload = JSON.stringify({ text: "x".repeat(20_000) });
    for (let n = 0; n < 20_000; n++) {
      stuck.publish(hintOf(payload));
      if (n % 100 === 0) await Bun.sleep(0);
    }
    const grownMb = (process.memoryUsage().rss - before) / 1024 / 1024;
    console.log(`T29: 400 MB of hints into a dead line: ${grownMb.toFixed(0)} MB more memory`);
    expect(grownMb).toBeLessThan(150);
    await until("the dead line is noticed", () => stuck.state() === "away", 30_000);
    line.flow();
    await until("it is back, and said so", () => stuck.state() === "here" && gaps > 0, 30_000);
    await Promise.all([stuck.close(), there?.close()]);
  },
  90_000,
);

test("a clock set back does not keep the broker's client away", () => {
  let nowMs = 1_000;
  const delay = redialDelay(500, () => nowMs);
  expect(delay()).toBe(Number.NEGATIVE_INFINITY);
  expect(delay()).toBeGreaterThan(300);
  nowMs += 700;
  expect(delay()).toBe(Number.NEGATIVE_INFINITY);
});

function open(broker: Broker): Bus {
  return natsBus({ address: addressOf(broker), prefix: "test", log: silentLog() });
}

async function joined(broker: Broker, count: number): Promise<Bus[]> {
  const buses = Array.from({ length: count }, () => open(broker));
  await until("the broker is here", () => buses.every((bus) => bus.state() === "here"));
  await settled(buses);
  return buses;
}

/** A hint of one's own that went round by every other one came after all before it. */
async function settled(buses: readonly Bus[]): Promise<void> {
  for (const bus of buses) {
    let back = buses.length - 1;
    const marker = `{"marker":"${crypto.randomUUID()}"}`;
    const marked = { ...hintOf(marker), personId: crypto.randomUUID() };
    const leaves = buses.map((other) =>
      other === bus ? () => {} : other.subscribe((hint) => hint.personId === marked.personId && (back -= 1)),
    );
    for (const other of buses) await other.watch(marked.personId);
    bus.publish(marked);
    await until("the marker is heard by all", () => back <= 0);
    for (const leave of leaves) leave();
    for (const other of buses) other.unwatch(marked.personId);
  }
}

function addressOf(broker: Broker) {
  return { servers: [`${broker.host}:${broker.port}`], tls: false };
}
