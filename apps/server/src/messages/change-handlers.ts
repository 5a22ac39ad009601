import { refuse } from "../errors.ts";
import type { Handlers } from "../handler.ts";
import { edit, type EditDeps } from "./edit.ts";
import { hideMessages, listHidden, type HideDeps } from "./hide.ts";
import { viewMessages } from "./message-parts.ts";
import { listPinned, pin, unpin } from "./pins.ts";
import { react, unreact } from "./reactions.ts";
import { readVisible, type AskedMessage } from "./read-visible.ts";

/** What happens to a message after it was sent, and to one by itself. */
export function changeHandlers(deps: EditDeps & HideDeps): Handlers {
  return {
    "messages.get": async (input, caller) => await getMessage(deps, { personId: caller.personId, ...input }),
    "messages.edit": async (input, caller) => await edit(deps, { personId: caller.personId, ...input }),
    "messages.react": async (input, caller) => await react(deps, { personId: caller.personId, ...input }),
    "messages.unreact": async (input, caller) => await unreact(deps, { personId: caller.personId, ...input }),
    "messages.pin": async (input, caller) => await pin(deps, { personId: caller.personId, ...input }),
    "messages.unpin": async (input, caller) => await unpin(deps, { personId: caller.personId, ...input }),
    "messages.listPinned": async (input, caller) => await listPinned(deps, caller.personId, input),
    "messages.hide": async (input, caller) => await hideMessages(deps, caller.personId, input),
    "messages.listHidden": async (input, caller) => await listHidden(deps.sql, caller.personId, input),
  };
}

async function getMessage(deps: EditDeps, asked: AskedMessage) {
  const row = await readVisible(deps.sql, asked);
  const [message] = row ? await viewMessages(deps, [row], asked.personId) : [];
  return message ?? refuse("not_found");
}
