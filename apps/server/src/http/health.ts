import type { Hono } from "hono";
import type { RequestContext } from "./context.ts";
import { jsonResponse } from "./responses.ts";

export interface HealthDeps {
  /** Whether this process can do its work now: the database answers, and it is not going away. */
  ready: () => Promise<boolean>;
}

/** `/healthz`: the process lives. `/readyz`: send it traffic. */
export function mountHealth(app: Hono<RequestContext>, { ready }: HealthDeps): void {
  app.get("/healthz", () => jsonResponse({ status: "ok" }));
  app.get("/readyz", async () =>
    (await ready()) ? jsonResponse({ status: "ready" }) : jsonResponse({ status: "not ready" }, 503),
  );
}
