import type { Identified } from "./session.ts";

/** What is known about a request before its route: Hono's context variables. */
export interface RequestContext {
  Bindings: { address: string };
  Variables: {
    requestId: string;
    /** The client's address, for limits. */
    address: string;
    identity: Identified | null;
  };
}
