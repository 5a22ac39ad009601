import type { Facts, Violation } from "./facts.ts";
import { acknowledgedAndMissing } from "./invariants/acknowledged-and-missing.ts";
import { blockedOneHeard } from "./invariants/blocked-one-heard.ts";
import { cursorPassedItem } from "./invariants/cursor-passed-item.ts";
import { formerMemberTold } from "./invariants/former-member-told.ts";
import { mediumAlone } from "./invariants/medium-alone.ts";
import { numberReused } from "./invariants/number-reused.ts";
import { readStateWrong } from "./invariants/read-state-wrong.ts";
import { twoMessages } from "./invariants/two-messages.ts";
import { twoOrders } from "./invariants/two-orders.ts";
import { unsentBody } from "./invariants/unsent-body.ts";

/** The ten, in the order in which they are numbered. Each answers what is wrong, in words; none when all is right. */
export const invariants = {
  acknowledgedAndMissing,
  twoMessages,
  twoOrders,
  numberReused,
  cursorPassedItem,
  unsentBody,
  blockedOneHeard,
  formerMemberTold,
  readStateWrong,
  mediumAlone,
} as const satisfies Record<string, (facts: Facts) => string[]>;

export type InvariantName = keyof typeof invariants;

export function judge(facts: Facts): Violation[] {
  return Object.entries(invariants).flatMap(([invariant, check]) =>
    [...new Set(check(facts))].map((detail) => ({ invariant, detail })),
  );
}
