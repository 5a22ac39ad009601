import type { Message } from "@sotto/protocol/types.ts";
import { refuse, type Refusal } from "../errors.ts";
import type { SendFacts } from "./facts.ts";
import { viewMessages } from "./history.ts";
import type { Send, SendDeps } from "./sending.ts";
import { readMessages } from "./store.ts";

/**
 * The same client id again (R13): with the same content the first result, a tombstone included; with other content a
 * conflict. Unsending erased the fingerprint, so a tombstone answers whatever the content is.
 */
export async function resolveReplay(
  deps: Pick<SendDeps, "sql" | "media" | "inbox">,
  send: Send,
  facts: SendFacts,
  print: string,
): Promise<Message | Refusal> {
  const { earlier } = facts;
  if (!earlier) throw new Error("a replay has an earlier message");
  if (!earlier.unsent && earlier.fingerprint !== print)
    return refuse("conflict", { detail: "This client id was used for another message.", pointer: "/clientId" });
  // It is sent again because its answer was lost, and perhaps the news of it with that.
  deps.inbox.touch(facts.conversationId, { stale: true });
  const rows = await readMessages(deps.sql, [{ conversationId: facts.conversationId, seq: earlier.seq }]);
  const [message] = await viewMessages(deps, rows, send.senderId);
  return message ?? refuse("not_found");
}
