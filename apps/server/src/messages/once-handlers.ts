import type { Handlers } from "../handler.ts";
import { closeOnce, openOnce, type OnceDeps } from "./once.ts";

export function onceHandlers(deps: OnceDeps): Handlers {
  return {
    "messages.openOnce": async (input, caller) => await openOnce(deps, caller, input),
    "messages.closeOnce": async (input, caller) => await closeOnce(deps, caller.personId, input),
  };
}
