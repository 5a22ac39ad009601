import type { ErrorCode } from "@sotto/protocol/errors.ts";

/**
 * Who may message whom (R1 to R5). Pure: the facts and the time come in, the decision goes out.
 * The server decides with it on every send; clients are shown the decision and never the facts.
 */
export type Setting = "everyone" | "friends" | "no_one";

export interface Party {
  setting: Setting;
  /** R1's opt-in: "keep conversations I accepted open". */
  keepAcceptedOpen: boolean;
}

/** Where the direct conversation of the two stands. */
export type Standing =
  | { is: "none" }
  /** `at` (ms since the epoch) is when the sender's request was sent; declining does not move it (R4). */
  | { is: "requested_by_sender"; atMs: number }
  | { is: "requested_by_receiver"; declined: boolean }
  | { is: "accepted" };

export interface MessageFacts {
  sender: Party;
  receiver: Party;
  friends: boolean;
  senderBlocksReceiver: boolean;
  receiverBlocksSender: boolean;
  standing: Standing;
  /** The message is text and nothing else. */
  textOnly: boolean;
}

export interface RequestRules {
  /** How long until a waiting request may be sent anew (R4). */
  requestCooldownMs: number;
}

export type MessageDecision =
  | { allowed: true; as: "message" | "request" | "acceptance" }
  | { allowed: false; code: RefusalCode; retryAtMs?: number };

export type RefusalCode = Extract<
  ErrorCode,
  "not_accepting" | "own_setting_closed" | "blocked_by_you" | "request_waiting" | "request_text_only"
>;

/** What the sender can know of their own side comes first, so that it explains nothing about the other side. */
export function mayMessage(facts: MessageFacts, rules: RequestRules, nowMs: number): MessageDecision {
  if (facts.senderBlocksReceiver) return refuse("blocked_by_you");
  if (!admits(facts.sender, facts)) return refuse("own_setting_closed");
  if (facts.receiverBlocksSender || !admits(facts.receiver, facts)) return refuse("not_accepting");
  return asWhat(facts, rules, nowMs);
}

/** One side's present setting, or its opt-in for conversations that were accepted (R1, R2). */
function admits(party: Party, facts: MessageFacts): boolean {
  if (party.keepAcceptedOpen && facts.standing.is === "accepted") return true;
  if (party.setting === "friends") return facts.friends;
  return party.setting === "everyone";
}

function asWhat(facts: MessageFacts, rules: RequestRules, nowMs: number): MessageDecision {
  const { standing } = facts;
  switch (standing.is) {
    case "accepted":
      return { allowed: true, as: "message" };
    case "requested_by_receiver":
      // R3: answering accepts. It also does after declining: the receiver changed their mind.
      return { allowed: true, as: "acceptance" };
    case "requested_by_sender": {
      // Who became friends needs no request: the conversation opens with this message.
      if (facts.friends) return { allowed: true, as: "acceptance" };
      const retryAtMs = standing.atMs + rules.requestCooldownMs;
      if (nowMs < retryAtMs) return { allowed: false, code: "request_waiting", retryAtMs };
      return asRequest(facts);
    }
    case "none":
      return facts.friends ? { allowed: true, as: "message" } : asRequest(facts);
    default:
      return standing satisfies never;
  }
}

/** R3: a request holds one text message. */
function asRequest(facts: MessageFacts): MessageDecision {
  return facts.textOnly ? { allowed: true, as: "request" } : refuse("request_text_only");
}

function refuse(code: RefusalCode): MessageDecision {
  return { allowed: false, code };
}
