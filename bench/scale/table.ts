import type { ScalePoint } from "./measure.ts";

/** One curve as rows; `what` names its axis. */
export function scaleTable(curves: Readonly<Record<string, readonly ScalePoint[]>>): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const titles = [
    "against",
    "",
    "messages/s",
    "deliveries/s",
    "CPU µs a message",
    "of it the database",
    "p50 ms",
    "p99 ms",
  ];
  return [
    line(titles),
    line(titles.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...Object.entries(curves).flatMap(([what, points]) =>
      points.map((point) =>
        line([
          what,
          point.at.toLocaleString("en"),
          point.messagesPerSecond.toLocaleString("en"),
          point.deliveriesPerSecond.toLocaleString("en"),
          point.cpuMicrosPerMessage.toFixed(0),
          point.ofWhichDatabaseMicros.toFixed(0),
          point.p50Ms.toFixed(1),
          point.p99Ms.toFixed(1),
        ]),
      ),
    ),
  ].join("\n");
}
