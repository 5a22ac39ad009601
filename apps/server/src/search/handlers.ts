import type { Handlers } from "../handler.ts";
import { searchMessages, type SearchDeps } from "./search-messages.ts";

export function searchHandlers(deps: SearchDeps): Handlers {
  return { "messages.search": async (input, caller) => await searchMessages(deps, caller.personId, input) };
}
