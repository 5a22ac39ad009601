import { Refusal } from "../errors.ts";
import type { Handlers } from "../handler.ts";
import type { ErasureShipper } from "./ship.ts";

/**
 * Commands that erase answer when the ledger has it (R9): an acknowledged unsend survives the loss of the database, and so a
 * restore of a backup from before it. When the ledger cannot be written the caller is told to try again, and the same command
 * again comes by here again.
 */
export function acknowledgeErasures(handlers: Handlers, { settle }: Pick<ErasureShipper, "settle">): Handlers {
  const { "messages.unsend": unsend, "media.remove": remove, "me.delete": deleteMe } = handlers;
  return {
    ...handlers,
    ...(unsend && { "messages.unsend": async (input, caller) => await settled(unsend(input, caller), settle) }),
    // Removed already looks like missing: the ledger may still lack it.
    ...(remove && { "media.remove": async (input, caller) => await settled(remove(input, caller), settle) }),
    ...(deleteMe && { "me.delete": async (input, caller) => await settled(deleteMe(input, caller), settle) }),
  };
}

/** An upload that its owner deletes by tus is a removed photo as well. */
export function acknowledgeDeletes<C>(
  upload: (request: Request, caller: C) => Promise<Response>,
  { settle }: Pick<ErasureShipper, "settle">,
): (request: Request, caller: C) => Promise<Response> {
  return async (request, caller) => {
    const answer = await upload(request, caller);
    if (request.method === "DELETE") await settle();
    return answer;
  };
}

async function settled<T>(work: Promise<T | Refusal>, settle: () => Promise<void>): Promise<T | Refusal> {
  const output = await work;
  await settle();
  return output;
}
