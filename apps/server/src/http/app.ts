import { limits } from "@sotto/protocol/limits.ts";
import { Hono } from "hono";
import { cors } from "hono/cors";
import type { Sql } from "../db/sql.ts";
import { refusalFor, refuse } from "../errors.ts";
import type { Caller } from "../handler.ts";
import { addressKey } from "../limits.ts";
import type { Log } from "../log.ts";
import { reportFault } from "../log-faults.ts";
import { methodsOf, mountCommands, type CommandRouteDeps } from "./command-routes.ts";
import type { RequestContext } from "./context.ts";
import { mountHealth, type HealthDeps } from "./health.ts";
import { mountMedia, type MediaRoutes } from "./media-routes.ts";
import { openApiDocument } from "./openapi.ts";
import { isSafe } from "./origin.ts";
import { jsonResponse, problemResponse } from "./responses.ts";
import { identify } from "./session.ts";

export interface HttpDeps extends CommandRouteDeps, HealthDeps {
  sql: Sql;
  log: Log;
  media: MediaRoutes;
  /** Everything of the caller's, as a file; given by `account/`. */
  exports: (caller: Caller) => Promise<Response>;
  /** By the link of a letter, without a session; given by `notifications/`. */
  unsubscribe: (request: Request) => Promise<Response>;
  ownOrigin: (request: Request) => boolean;
  origins: readonly string[];
  trustProxy: boolean;
  /** The web app; null for what it does not have. */
  staticFiles: (path: string, request: Request) => Response | null;
}

/** HTTP: identify → own Origin → route. Everything that fails becomes a problem of RFC 9457. */
export function httpApp(deps: HttpDeps): Hono<RequestContext> {
  const app = new Hono<RequestContext>();
  mountEdge(app, deps);
  app.use(
    "/v1/*",
    cors({
      origin: [...deps.origins],
      allowHeaders: corsHeaders,
      exposeHeaders: corsExposed,
      allowMethods: corsMethods,
      maxAge: 3600,
    }),
  );
  app.use("/v1/*", async (context, next) => {
    const request = context.req.raw;
    const identity = await identify(deps.sql, deps.cookies, request);
    context.set("identity", identity);
    const wantsCookie = identity?.by === "cookie" || (!identity && request.headers.has("origin"));
    const foreign = !isSafe(request.method) && wantsCookie && !deps.ownOrigin(request) && !bearerOrigin(deps, request);
    if (foreign) return problemResponse(refuse("origin_refused"), context.var.requestId);
    return await next();
  });
  mountCommands(app, deps);
  mountMedia(app, deps.media);
  app.on(["GET", "POST"], "/v1/digest/unsubscribe", async (context) => await deps.unsubscribe(context.req.raw));
  app.get("/v1/me/export", async (context) => {
    const { identity, requestId } = context.var;
    if (!identity) return problemResponse(refuse("unauthenticated"), requestId);
    return await deps.exports({ ...identity, requestId });
  });
  const document = openApiDocument();
  app.get("/v1/openapi.json", () => jsonResponse(document));
  app.get("/v1/limits", () => jsonResponse(limits));
  mountHealth(app, deps);
  app.notFound((context) => {
    const { path, raw } = context.req;
    const page = path.startsWith("/v1/") ? null : deps.staticFiles(path, raw);
    return page ?? noRoute(path, context.var.requestId);
  });
  return app;
}

/** A path of ours with a method it does not know says which ones it does. */
function noRoute(path: string, requestId: string): Response {
  const allowed = methodsOf(path);
  if (allowed.length === 0) return problemResponse(refuse("not_found"), requestId);
  const response = problemResponse(refuse("method_not_allowed", { detail: `Here: ${allowed.join(", ")}.` }), requestId);
  response.headers.set("allow", allowed.join(", "));
  return response;
}

/** Pages of other sites that the operator named call with bearer tokens, never with cookies. */
function bearerOrigin(deps: HttpDeps, request: Request): boolean {
  return deps.origins.includes(request.headers.get("origin") ?? "") && deps.cookies.read(request) === null;
}

const corsMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const corsHeaders = [
  "authorization",
  "content-type",
  "tus-resumable",
  "upload-length",
  "upload-offset",
  "upload-metadata",
];
const corsExposed = ["location", "tus-resumable", "upload-offset", "upload-length", "retry-after", "x-request-id"];

/** The request's id, its address, and a plain answer for what nobody expected. */
function mountEdge(app: Hono<RequestContext>, deps: HttpDeps): void {
  app.use(async (context, next) => {
    context.set("requestId", Bun.randomUUIDv7());
    context.set("identity", null);
    const forwarded = deps.trustProxy ? context.req.header("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
    context.set("address", addressKey(forwarded ?? context.env.address));
    await next();
    context.header("x-request-id", context.var.requestId);
  });
  app.onError((error, context) => {
    const { requestId } = context.var;
    reportFault(deps.log, { error, fields: { requestId, path: context.req.routePath }, words: "request failed" });
    return problemResponse(refusalFor(error), requestId);
  });
}
