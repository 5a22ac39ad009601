import { Refusal } from "../errors.ts";
import { secondBounds, Timing } from "./timing.ts";

/** What was counted of one command. */
export interface CommandCounts {
  ok: number;
  refused: number;
  failed: number;
  readonly seconds: Timing;
}

export const commandCounts = new Map<string, CommandCounts>();

/** Refusals by their code. */
export const refusals: Record<string, number> = {};

/** Of so many sends one is timed: a clock and a closure for each would be the dearest part of counting. Others always are. */
const sendsForOneTimed = 16;

interface Meter {
  counts: CommandCounts;
  timedOf: number;
  begun: number;
  /** The same two for every call. */
  settle: (output: unknown) => void;
  fail: () => void;
}

/** Counts how each call ends, and says so to `left`: one look-up by name a call, and nothing made for it but what it waits with. */
export function measurer(left: () => void): (name: string, output: Promise<unknown>) => void {
  const meters = new Map<string, Meter>();
  return (name, output) => {
    const meter = meters.get(name) ?? newMeter(meters, name, left);
    output.then(meter.settle, meter.fail);
    meter.begun += 1;
    if (meter.begun % meter.timedOf === 0) time(meter.counts.seconds, output);
  };
}

function newMeter(meters: Map<string, Meter>, name: string, left: () => void): Meter {
  const counts = commandCounts.get(name) ?? { ok: 0, refused: 0, failed: 0, seconds: new Timing(secondBounds) };
  commandCounts.set(name, counts);
  const meter: Meter = {
    counts,
    timedOf: name.startsWith("messages.send") ? sendsForOneTimed : 1,
    begun: 0,
    settle(output) {
      if (output instanceof Refusal) countRefusal(counts, output);
      else counts.ok += 1;
      left();
    },
    fail() {
      counts.failed += 1;
      left();
    },
  };
  meters.set(name, meter);
  return meter;
}

function countRefusal(counts: CommandCounts, { code }: Refusal): void {
  counts.refused += 1;
  refusals[code] = (refusals[code] ?? 0) + 1;
}

function time(seconds: Timing, output: Promise<unknown>): void {
  const beganMs = performance.now();
  const since = () => seconds.since(beganMs);
  output.then(since, since);
}
