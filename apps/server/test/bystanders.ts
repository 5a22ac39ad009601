import { readFileSync } from "node:fs";
import { openSocket, type Somebody } from "./api-kit.ts";

/** Somebody who writes to a friend all the while, and how long each answer took: what the others notice of an attack. */
export interface Bystander extends AsyncDisposable {
  /** The times since the last time of asking, in ms. */
  take(): number[];
  failed(): string[];
}

export async function bystander(url: string, who: Somebody, conversationId: string): Promise<Bystander> {
  const socket = await openSocket(url, who);
  let [times, running]: [number[], boolean] = [[], true];
  const failed: string[] = [];
  const loop = (async () => {
    for (let n = 0; running; n++) {
      const startedMs = performance.now();
      const { error } = await socket.call("messages.send", { conversationId, clientId: `by-${n}`, text: "calm" });
      times.push(performance.now() - startedMs);
      if (error) failed.push(error.code);
      await Bun.sleep(5);
    }
  })();
  return {
    take() {
      const taken = times;
      times = [];
      return taken;
    },
    failed: () => failed,
    async [Symbol.asyncDispose]() {
      running = false;
      await loop;
      socket.close();
    },
  };
}

/** `p50 0.8 p99 3.1 ms (400)` */
export function inWords(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} p99 ${at(0.99)} ms (${sorted.length} sends)`;
}

/** What a process holds in memory, MB. */
export function residentMb(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  return (pages * 4096) / 1024 / 1024;
}
