import { join } from "node:path";
import type { InvariantName } from "./invariants.ts";
import {
  deleteTombstones,
  dropUniqueClientIds,
  forgetDeletions,
  keepUnsentText,
  moveMarkersBack,
} from "./bugs/database-bugs.ts";
import type { Cluster } from "./nodes/cluster.ts";

/** A fault of the server's own, planted from outside: nothing of it lies in the server. */
export interface Bug {
  name: string;
  /** The invariant that has to catch it. */
  caughtBy: InvariantName;
  /** Loaded before the server's modules; each changes the text of one of them. */
  preloads?: readonly string[];
  /** What is done to the database once the people are there. */
  plant?: (cluster: Cluster) => Promise<void>;
  /** The faults without which it does no harm. */
  faults: readonly string[];
  /** Operations that come five times as often as otherwise: the ones that meet it. */
  often?: readonly string[];
}

const calm = { faults: [] };

/** One for each invariant, in their order. */
export const bugs: readonly Bug[] = [
  {
    name: "earlyAcknowledgement",
    caughtBy: "acknowledgedAndMissing",
    preloads: [serverTest("early-acknowledgement.ts")],
    faults: ["killEverything"],
  },
  { ...calm, name: "clientIdUsedAgain", caughtBy: "twoMessages", plant: dropUniqueClientIds },
  { name: "orderByClock", caughtBy: "twoOrders", preloads: [here("order-by-clock.ts")], faults: ["clockJump"] },
  { ...calm, name: "tombstonesDeleted", caughtBy: "numberReused", plant: deleteTombstones },
  { ...calm, name: "cursorOneTooFar", caughtBy: "cursorPassedItem", preloads: [here("cursor-one-too-far.ts")] },
  { ...calm, name: "unsentTextKept", caughtBy: "unsentBody", plant: keepUnsentText },
  {
    ...calm,
    name: "blockNotLookedAt",
    caughtBy: "blockedOneHeard",
    preloads: [here("block-not-looked-at.ts")],
    often: ["block"],
  },
  {
    ...calm,
    name: "formerMembersTold",
    caughtBy: "formerMemberTold",
    preloads: [here("former-members-told.ts")],
    often: ["leave"],
  },
  { ...calm, name: "markersMovedBack", caughtBy: "readStateWrong", plant: moveMarkersBack },
  {
    ...calm,
    name: "deletionsForgotten",
    caughtBy: "mediumAlone",
    plant: forgetDeletions,
    often: ["sendPhoto", "unsend"],
  },
];

function here(file: string): string {
  return join(import.meta.dir, "bugs", file);
}

function serverTest(file: string): string {
  return join(import.meta.dir, "../../apps/server/test", file);
}
