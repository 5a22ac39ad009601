import { expect, test } from "bun:test";
import { simulate } from "./simulate.ts";

const rounds = 1_000;

test("R9, R10, R13 to R17, C17, C22: two devices and a peer converge through lost lines and lost programs", async () => {
  const seed = Math.floor(Math.random() * 1e9);
  const result = await simulate({ seed, rounds });
  const { acts, seconds, differences, failures } = result;
  console.log(`seed ${seed}: ${result.rounds} rounds, ${acts} acts, ${seconds} s, differences: ${differences}`);
  for (const failure of failures) console.log(JSON.stringify(failure));
  expect(failures.map((one) => one.differences)).toEqual([]);
  expect(result.rounds).toBe(rounds);
}, 400_000);
