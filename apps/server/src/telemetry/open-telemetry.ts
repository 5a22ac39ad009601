import { AsyncLocalStorage } from "node:async_hooks";
import { ROOT_CONTEXT, SpanStatusCode, trace, type Context } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { Refusal } from "../errors.ts";
import type { Tracing } from "./traces.ts";

const exportWithinMs = 5_000;

/**
 * Spans by OTLP over HTTP. A span's parent is whichever was begun around it. What cannot be delivered is dropped after a
 * while; nothing waits for a collector, and at most 8,192 spans wait for one.
 */
export function openTelemetry(options: { url: string; onError: (error: unknown) => void }): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${options.url}/v1/traces`, timeoutMillis: exportWithinMs });
  const processor = new BatchSpanProcessor({ exporter, maxQueueSize: 8_192, scheduledDelayMillis: 1_000 });
  const resource = resourceFromAttributes({ "service.name": "sotto", "service.instance.id": Bun.randomUUIDv7() });
  const provider = new TracerProvider({ resource, spanProcessors: [processor] });
  const tracer = provider.getTracer("sotto");
  const around = new AsyncLocalStorage<Context>();
  return {
    async span({ name, attributes, root }, work) {
      const parent = root ? ROOT_CONTEXT : (around.getStore() ?? ROOT_CONTEXT);
      const span = tracer.startSpan(name, { attributes }, parent);
      try {
        const output = await around.run(trace.setSpan(parent, span), work);
        if (output instanceof Refusal) span.setAttribute("sotto.refused", output.code);
        return output;
      } catch (error) {
        // Its name alone: a message of the database may quote what was written.
        span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : "error" });
        throw error;
      } finally {
        span.end();
      }
    },
    async stop() {
      await provider.shutdown().catch(options.onError);
    },
  };
}
