import type { Hono } from "hono";
import { refuse } from "../errors.ts";
import type { RequestContext } from "./context.ts";
import { problemResponse } from "./responses.ts";

/** Bytes in and out; given by `media/`. */
export interface MediaRoutes {
  /** tus, at `/v1/uploads` and `/v1/uploads/{id}`. */
  upload: (request: Request, caller: { personId: string; requestId: string }) => Promise<Response>;
  serve: (
    request: Request,
    caller: { personId: string; sessionId: string; requestId: string },
    asked: { mediaId: string; rendition: string },
  ) => Promise<Response>;
}

export function mountMedia(app: Hono<RequestContext>, { upload, serve }: MediaRoutes): void {
  for (const path of ["/v1/uploads", "/v1/uploads/:id"]) {
    app.all(path, async (context) => {
      const { identity, requestId } = context.var;
      if (!identity) return problemResponse(refuse("unauthenticated"), requestId);
      return await upload(context.req.raw, { personId: identity.personId, requestId });
    });
  }
  app.on(["GET", "HEAD"], "/v1/media/:mediaId/:rendition", async (context) => {
    const { identity, requestId } = context.var;
    if (!identity) return problemResponse(refuse("unauthenticated"), requestId);
    const { personId, sessionId } = identity;
    return await serve(context.req.raw, { personId, sessionId, requestId }, context.req.param());
  });
}
