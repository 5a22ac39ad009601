/** What a span may say: names, counts and ids of ours. Never what people write. */
export type SpanAttributes = Record<string, string | number>;

export interface Tracing {
  /** Without `root`, part of whichever span was begun around it. */
  span<T>(span: { name: string; attributes: SpanAttributes; root: boolean }, work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** Null almost everywhere: then a span is a call. One a process, as counts are. */
let tracing: Tracing | null = null;

/** Runs the work, inside a span where somebody wants traces. `attributes` are made only then. */
export function traced<T>(name: string, attributes: () => SpanAttributes, work: () => Promise<T>): Promise<T> {
  return tracing === null ? work() : tracing.span({ name, attributes: attributes(), root: false }, work);
}

/** One that belongs to nobody who waits for it: a batch, a job. */
export function tracedRoot<T>(name: string, attributes: () => SpanAttributes, work: () => Promise<T>): Promise<T> {
  return tracing === null ? work() : tracing.span({ name, attributes: attributes(), root: true }, work);
}

/** For where even a closure is too much. */
export function isTraced(): boolean {
  return tracing !== null;
}

/** Traces go to `url` from now on; without one, neither SDK nor exporter is even loaded. Answers how to stop. */
export async function startTraces(
  url: string | undefined,
  options: { onError: (error: unknown) => void },
): Promise<() => Promise<void>> {
  if (url === undefined) return async () => undefined;
  const { openTelemetry } = await import("./open-telemetry.ts");
  const started = openTelemetry({ url, ...options });
  tracing = started;
  return async () => {
    if (tracing === started) tracing = null;
    await started.stop();
  };
}
