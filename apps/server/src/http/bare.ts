import { Hono } from "hono";
import { refuse } from "../errors.ts";
import type { RequestContext } from "./context.ts";
import { mountHealth, type HealthDeps } from "./health.ts";
import { problemResponse } from "./responses.ts";

/** What a process without the role `api` answers over HTTP: its health. Another process has the rest, so clients may try again. */
export function bareApp(deps: HealthDeps & { roles: readonly string[] }): Hono<RequestContext> {
  const app = new Hono<RequestContext>();
  mountHealth(app, deps);
  const detail = `Nothing else is answered here: this process has the roles ${deps.roles.join(", ")}.`;
  app.notFound(() => problemResponse(refuse("unavailable", { detail }), Bun.randomUUIDv7()));
  return app;
}
