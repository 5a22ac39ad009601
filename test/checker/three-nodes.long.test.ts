import { expect, test } from "bun:test";
import { noBroker } from "../../apps/server/test/nats-kit.ts";
import { check } from "./check.ts";

const seconds = 90;
const why = noBroker === null ? "" : ` (skipped: ${noBroker})`;

test.skipIf(noBroker !== null)(
  `R13 R14 R15 R16 R26 ${seconds} seconds of faults on three nodes: ten invariants hold${why}`,
  async () => {
    const seed = Math.floor(Math.random() * 1e9);
    const result = await check({ seed, seconds, nodes: 3, signal: new AbortController().signal, say: () => undefined });
    console.log(JSON.stringify(result));
    const wrong = Object.entries(result.violations).filter(([, count]) => count > 0);
    expect({ wrong, details: result.details }).toEqual({ wrong: [], details: [] });
    expect({ crashes: result.crashes, troubles: result.troubles }).toEqual({ crashes: 0, troubles: [] });
    expect(result.messages).toBeGreaterThan(100);
  },
  400_000,
);
