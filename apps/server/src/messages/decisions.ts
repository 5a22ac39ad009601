import { mayMessage, type RequestRules } from "@sotto/domain/may-message.ts";
import type { SendDecision } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { decide, readFacts } from "./facts.ts";
import { findDirect, readPairFacts } from "./first-contact.ts";
import { toSendDecision } from "./refusals.ts";

interface DecisionDeps {
  sql: Sql;
  rules: RequestRules;
  nowMs: () => number;
}

interface PersonDeps extends DecisionDeps {
  /** Given by `people/`. */
  personExists: (personId: string) => Promise<boolean>;
}

/** The decision about the viewer's next text in a conversation; null when they are not in it. */
export async function decisionInConversation(
  deps: DecisionDeps,
  viewerId: string,
  conversationId: string,
): Promise<SendDecision | null> {
  const [facts] = await readFacts(deps.sql, [{ conversationId, senderId: viewerId }]);
  return facts ? toSendDecision(decide(facts, { textOnly: true, rules: deps.rules, nowMs: deps.nowMs() })) : null;
}

/** The decision about the viewer's next text to a person, and their conversation if there is one; null when nobody is there. */
export async function decisionToPerson(
  deps: PersonDeps,
  viewerId: string,
  personId: string,
): Promise<{ conversationId: string | null; maySend: SendDecision } | null> {
  const conversationId = await findDirect(deps.sql, viewerId, personId);
  if (conversationId !== null) {
    const maySend = await decisionInConversation(deps, viewerId, conversationId);
    return maySend && { conversationId, maySend };
  }
  if (viewerId === personId || !(await deps.personExists(personId))) return null;
  const facts = await readPairFacts(deps.sql, viewerId, personId);
  return {
    conversationId,
    maySend: toSendDecision(mayMessage({ ...facts, textOnly: true }, deps.rules, deps.nowMs())),
  };
}
