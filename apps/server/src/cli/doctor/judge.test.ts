import { expect, test } from "bun:test";
import { judgeClock } from "./database.ts";
import { checkAddress, judgeRoom } from "./machine.ts";

const states = (findings: { state: string }[]) => findings.map((one) => one.state);

test("room on the disk: the moment at which it gets too little", () => {
  const gb = 1e9;
  expect(judgeRoom({ freeBytes: 50 * gb, allBytes: 100 * gb }).state).toBe("ok");
  expect(judgeRoom({ freeBytes: 10 * gb, allBytes: 100 * gb }).state).toBe("ok");
  expect(judgeRoom({ freeBytes: 9.9 * gb, allBytes: 100 * gb }).state).toBe("warning");
  expect(judgeRoom({ freeBytes: 0.5 * gb, allBytes: 1 * gb }).state).toBe("wrong");
  expect(judgeRoom({ freeBytes: 0, allBytes: 100 * gb }).state).toBe("wrong");
});

test("clocks that differ, either way", () => {
  expect(states([0, 1_900, -1_900, 2_100, -2_100, 3_600_000, -3_600_000].map(judgeClock))).toEqual([
    "ok",
    "ok",
    "ok",
    "warning",
    "warning",
    "wrong",
    "wrong",
  ]);
});

test("address and proxy: what does not fit together", () => {
  const judge = (url: string, trustProxy: boolean, host: string) => states(checkAddress({ url, trustProxy, host }))[0];
  expect(judge("http://localhost:4600", false, "127.0.0.1")).toBe("ok");
  expect(judge("https://talk.example.org", true, "127.0.0.1")).toBe("ok");
  expect(judge("http://talk.example.org", false, "0.0.0.0")).toBe("warning");
  expect(judge("https://talk.example.org", false, "127.0.0.1")).toBe("warning");
  expect(judge("https://talk.example.org", true, "0.0.0.0")).toBe("warning");
});
