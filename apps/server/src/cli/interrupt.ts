import { refused } from "./cli-error.ts";

/** Long work that Ctrl-C ends well: it is told by the signal, and tidies up. A second one ends the process as usual. */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort(refused("interrupted", "Stopped: nothing of it is left."));
  process.once("SIGINT", abort);
  process.once("SIGTERM", abort);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", abort);
    process.off("SIGTERM", abort);
  }
}
