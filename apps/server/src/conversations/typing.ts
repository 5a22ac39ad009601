import type { SendDecision } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import type { Publish } from "../fanout/publish.ts";
import { readShownTo } from "./showing.ts";

export interface TypingDeps {
  sql: Sql;
  publish: Publish;
  decisions: { inConversation: (viewerId: string, conversationId: string) => Promise<SendDecision | null> };
}

/**
 * Tells those who show theirs that somebody writes, if they show it too (C8). Nothing is stored. Whoever could not send a plain
 * message now tells nobody, and learns nothing of that: the answer is the same (R5, T9).
 */
export async function tellTyping(
  { sql, publish, decisions }: TypingDeps,
  personId: string,
  { conversationId, typing }: { conversationId: string; typing: boolean },
): Promise<Record<string, never> | Refusal> {
  const decision = await decisions.inConversation(personId, conversationId);
  if (!decision) return refuse("not_found");
  if (!decision.allowed || decision.as !== "message") return {};
  const others = await readShownTo(sql, { personId, conversationId, shown: "typing" });
  if (others.length > 0) publish(others, { event: "typing", conversationId, personId, typing });
  return {};
}
