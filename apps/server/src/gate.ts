import { refuse } from "./errors.ts";
import type { Execute } from "./execute.ts";
import { measurer } from "./telemetry/command-meter.ts";
import { isTraced, traced } from "./telemetry/traces.ts";

/** Commands pass here, and can be stopped: what is under way gets its answer, what comes after is told to come back. */
export interface CommandGate {
  execute: Execute;
  closed(): boolean;
  /** Closes, and resolves when nothing is under way, or after `withinMs`. */
  close(): Promise<void>;
}

const withinMs = 10_000;

export function commandGate(execute: Execute): CommandGate {
  let underWay = 0;
  let closed = false;
  let idle: (() => void) | null = null;
  const leave = () => {
    underWay -= 1;
    if (underWay === 0) idle?.();
  };
  const measure = measurer(leave);
  return {
    execute(name, input, caller, limitKey) {
      if (closed)
        return Promise.resolve(refuse("unavailable", { detail: "The server is restarting. Try again in a moment." }));
      underWay += 1;
      const run = isTraced() ? inSpan(execute) : execute;
      const output = run(name, input, caller, limitKey);
      measure(name, output);
      return output;
    },
    closed: () => closed,
    async close() {
      closed = true;
      if (underWay === 0) return;
      await Promise.race([new Promise<void>((resolve) => (idle = resolve)), Bun.sleep(withinMs)]);
    },
  };
}

function inSpan(execute: Execute): Execute {
  return (name, input, caller, limitKey) =>
    traced(
      name,
      () => ({ "sotto.request_id": caller.requestId }),
      () => execute(name, input, caller, limitKey),
    );
}
