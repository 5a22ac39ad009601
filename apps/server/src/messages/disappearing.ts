import type { CommandParsed } from "@sotto/protocol/commands.ts";
import { refuse, type Refusal } from "../errors.ts";
import { decide, readFacts } from "./facts.ts";
import { toRefusal } from "./refusals.ts";
import type { SendDeps } from "./sending.ts";

type Asked = CommandParsed<"conversations.setDisappearing">;

/**
 * After how long the messages of a conversation disappear from now on, for everybody (C19). Decided as a send: who may not write
 * here changes nothing for the others (R5). The new policy revision makes sends decide again whose facts are from before, so
 * none of them stays by accident. Null when it is done.
 */
export async function setDisappearing(
  deps: Pick<SendDeps, "sql" | "inbox" | "rules" | "nowMs">,
  personId: string,
  asked: Asked,
): Promise<Refusal | null> {
  const key = { conversationId: asked.conversationId, senderId: personId };
  // Before any lock: nobody holds up a conversation that is not theirs.
  if ((await readFacts(deps.sql, [key]))[0] === null) return refuse("not_found");
  const outcome = await deps.inbox.touchIfLost(
    [asked.conversationId],
    async () => await decideAndWrite(deps, key, asked),
  );
  if (outcome === "changed") deps.inbox.touch(asked.conversationId, { stale: true });
  return outcome === "changed" || outcome === "same" ? null : outcome;
}

async function decideAndWrite(
  deps: Pick<SendDeps, "sql" | "rules" | "nowMs">,
  key: { conversationId: string; senderId: string },
  { conversationId, afterSeconds }: Asked,
): Promise<Refusal | "changed" | "same"> {
  return await deps.sql.begin(async (tx) => {
    await tx`select 1 from conversations where id = ${conversationId} for no key update`;
    const [facts] = await readFacts(tx, [key]);
    if (!facts) return refuse("not_found");
    const decision = decide(facts, { textOnly: true, rules: deps.rules, nowMs: deps.nowMs() });
    if (!decision.allowed) return toRefusal(decision);
    if (decision.as !== "message") return refuse("request_waiting");
    if (facts.disappearAfterSeconds === afterSeconds) return "same";
    await tx`
      update conversations set disappear_after_seconds = ${afterSeconds}, policy_rev = policy_rev + 1,
        last_change = last_change + 1
      where id = ${conversationId}`;
    return "changed";
  });
}
