import type { MessageDecision } from "@sotto/domain/may-message.ts";
import type { SendDecision } from "@sotto/protocol/types.ts";
import { errorCodes } from "@sotto/protocol/errors.ts";
import { refuse, type Refusal } from "../errors.ts";

/** The policy's refusals in the words of the wire. They say nothing that the sender may not know (R5, R27). */
export function toRefusal(decision: Extract<MessageDecision, { allowed: false }>): Refusal {
  const retryAt = decision.retryAtMs === undefined ? undefined : new Date(decision.retryAtMs);
  return refuse(decision.code, retryAt ? { retryAt } : {});
}

export function toSendDecision(decision: MessageDecision): SendDecision {
  if (decision.allowed) return { allowed: true, as: decision.as };
  const retryAt = decision.retryAtMs === undefined ? {} : { retryAt: new Date(decision.retryAtMs).toISOString() };
  return { allowed: false, code: decision.code, detail: errorCodes[decision.code].title, ...retryAt };
}
