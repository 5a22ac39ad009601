import type { Timing } from "./timing.ts";

/** A histogram in the text format of Prometheus: prom-client's own cannot be filled from counts. Labels are ours, without quotes. */
export function renderTiming(
  name: string,
  help: string,
  series: readonly { labels: Record<string, string>; timing: Timing }[],
): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
  for (const { labels, timing } of series) {
    let below = 0;
    timing.bounds.forEach((bound, at) => {
      below += timing.buckets[at] ?? 0;
      lines.push(`${name}_bucket${braces({ ...labels, le: String(bound) })} ${below}`);
    });
    lines.push(`${name}_bucket${braces({ ...labels, le: "+Inf" })} ${timing.count}`);
    lines.push(`${name}_sum${braces(labels)} ${timing.sum}`, `${name}_count${braces(labels)} ${timing.count}`);
  }
  return `${lines.join("\n")}\n`;
}

function braces(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
