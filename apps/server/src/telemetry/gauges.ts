/** Values that somebody owns and a scrape reads: the sum, where a process has several of one kind. */
const readers = new Map<GaugeName, Set<() => number>>();

export const gaugeNames = [
  "sends_waiting",
  "inbox_behind",
  "inbox_oldest_seconds",
  "bus_away",
  "search_behind",
] as const;
export type GaugeName = (typeof gaugeNames)[number];

/** Answers how to take it away again. */
export function watchGauge(name: GaugeName, read: () => number): () => void {
  const all = readers.get(name) ?? new Set();
  readers.set(name, all.add(read));
  return () => all.delete(read);
}

export function readGauge(name: GaugeName): number {
  return [...(readers.get(name) ?? [])].reduce((sum, read) => sum + read(), 0);
}
