import { timingSafeEqual } from "node:crypto";
import type { Hono } from "hono";
import { refuse } from "../errors.ts";
import type { RequestContext } from "./context.ts";
import { isLocal } from "./origin.ts";
import { problemResponse } from "./responses.ts";

export interface MetricsDeps {
  metrics: { read(): Promise<{ text: string; contentType: string }> };
  /** Undefined: whoever asks from this machine, and not through a proxy. */
  metricsToken: string | undefined;
}

/**
 * `/metrics` for Prometheus. With a token, for whoever shows it. Without one, for callers of this machine: a proxy on it passes
 * other people's requests from the same address, so whatever was forwarded is not from here; nor is what was sent to a public name:
 * a proxy that says nothing of itself, or a site that points its name at this machine (DNS rebinding). To everybody else it is
 * not there.
 */
export function mountMetrics(app: Hono<RequestContext>, { metrics, metricsToken }: MetricsDeps): void {
  app.get("/metrics", async (context) => {
    const { raw } = context.req;
    const allowed =
      metricsToken === undefined
        ? isLoopback(context.env.address) && !forwardedBy.some((name) => raw.headers.has(name)) && isToHere(raw)
        : shows(raw.headers.get("authorization"), metricsToken);
    if (!allowed) return problemResponse(refuse("not_found"), context.var.requestId);
    const { text, contentType } = await metrics.read();
    return new Response(text, { headers: { "content-type": contentType, "cache-control": "no-store" } });
  });
}

const forwardedBy = [
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "forwarded",
  "via",
] as const;

function isLoopback(address: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/.test(address);
}

function isToHere({ url }: Request): boolean {
  return isLocal(new URL(url).hostname);
}

function shows(header: string | null, token: string): boolean {
  const given = Buffer.from(header ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
