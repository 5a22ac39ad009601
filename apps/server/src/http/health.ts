import type { Hono } from "hono";
import type { RequestContext } from "./context.ts";
import { mountMetrics, type MetricsDeps } from "./metrics.ts";
import { jsonResponse } from "./responses.ts";

export interface HealthDeps extends MetricsDeps {
  /** Whether this process can do its work now: the database answers, and it is not going away. */
  ready: () => Promise<boolean>;
}

/** `/healthz`: the process lives. `/readyz`: send it traffic. `/metrics`: how it does. */
export function mountHealth(app: Hono<RequestContext>, deps: HealthDeps): void {
  app.get("/healthz", () => jsonResponse({ status: "ok" }));
  app.get("/readyz", async () =>
    (await deps.ready()) ? jsonResponse({ status: "ready" }) : jsonResponse({ status: "not ready" }, 503),
  );
  mountMetrics(app, deps);
}
