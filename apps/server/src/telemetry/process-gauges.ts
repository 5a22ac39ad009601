import { monitorEventLoopDelay } from "node:perf_hooks";
import { Gauge, type Registry } from "prom-client";

/** What every program of this kind shows, under its usual names. */
export function addProcessMetrics(register: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const registers = [register];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge("process_cpu_seconds_total", "CPU time of this process, in seconds.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  gauge("process_resident_memory_bytes", "Memory of this process, in bytes.", () => process.memoryUsage().rss);
  gauge("process_heap_bytes", "Of that, the JavaScript heap.", () => process.memoryUsage().heapUsed);
  gauge("process_start_time_seconds", "When this process began, in seconds since 1970.", () =>
    Math.round(Date.now() / 1000 - process.uptime()),
  );
  gauge(
    "sotto_event_loop_lag_seconds",
    "The longest that the event loop kept a timer waiting since the last scrape.",
    () => {
      const seconds = Math.max(0, delay.max / 1e9 - 0.02);
      delay.reset();
      return seconds;
    },
  );
  return () => delay.disable();
}
