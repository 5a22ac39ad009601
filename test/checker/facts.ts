import type { Message } from "@sotto/protocol/types.ts";
import type { StoredMessage } from "./final/dump.ts";
import type { Final } from "./final.ts";
import { isUncertain, okOf, type Call, type History } from "./history.ts";
import type { World } from "./world.ts";

/** What the ten invariants judge: pure functions from here on. */
export interface Facts {
  history: History;
  final: Final;
  world: World;
  /** By client id. */
  sends: ReadonlyMap<string, Send>;
  /** Every time that a client was shown a message, in whatever way. */
  sightings: readonly Sighting[];
  /** By message id. */
  unsends: ReadonlyMap<string, { invokedMs: number; ackedMs: number }>;
  blocks: readonly BlockSpan[];
  leaves: readonly Leave[];
  /** By message id; of every message that lies in the database. */
  stored: ReadonlyMap<string, StoredMessage>;
}

export interface Send {
  clientId: string;
  senderId: string;
  conversationId: string;
  /** Of the first attempt: those of a conflict have another one. */
  text: string;
  firstMs: number;
  calls: Call[];
  acks: { message: Message; call: Call }[];
}

export interface Sighting {
  message: Message;
  device: string;
  personId: string;
  atMs: number;
  /** The server cannot have said it before: when it was asked, or the socket opened. */
  sinceMs: number;
  /** The command, the event, or `view`. */
  by: string;
}

/** A block that certainly stood from `ackedMs` until `untilMs`, when somebody began to lift it. */
export interface BlockSpan {
  blockerId: string;
  blockedId: string;
  ackedMs: number;
  untilMs: number;
}

export interface Leave {
  personId: string;
  conversationId: string;
  ackedMs: number;
}

export interface Violation {
  invariant: string;
  detail: string;
}

export function gatherFacts(world: World, history: History, final: Final): Facts {
  return {
    history,
    final,
    world,
    sends: gatherSends(history),
    sightings: gatherSightings(history, final),
    unsends: gatherUnsends(history),
    blocks: gatherBlocks(history),
    leaves: gatherLeaves(history),
    stored: new Map(final.rows.messages.map((row) => [row.id, row])),
  };
}

function gatherSends({ calls }: History): Map<string, Send> {
  const sends = new Map<string, Send>();
  for (const call of calls) {
    if (call.command !== "messages.send") continue;
    const { clientId, conversationId, text } = call.input as { clientId: string; conversationId: string; text: string };
    const send: Send = sends.get(clientId) ?? {
      ...{ clientId, conversationId, text, senderId: call.personId },
      ...{ firstMs: call.fromMs, calls: [], acks: [] },
    };
    sends.set(clientId, send);
    send.calls.push(call);
    const message = okOf<Message>(call.outcome);
    if (message) send.acks.push({ message, call });
  }
  return sends;
}

function gatherSightings({ calls, heard, views }: History, final: Final): Sighting[] {
  const sightings: Sighting[] = [];
  for (const { event, openedMs: sinceMs, ...who } of heard) {
    if (event.event !== "message" && event.event !== "message.changed") continue;
    sightings.push({ ...who, sinceMs, message: event.message, by: event.event });
  }
  for (const call of calls) {
    const { device, personId, fromMs: sinceMs, toMs: atMs, command: by } = call;
    if (call.outcome.is !== "ok") continue;
    for (const message of messagesIn(call.outcome.output))
      sightings.push({ device, personId, atMs, sinceMs, message, by });
  }
  // What a device kept of a conversation that its person left is never brought up to date: that is asked of nobody.
  const left = new Set(
    final.rows.members.flatMap((row) => (row.left ? [`${row.personId} ${row.conversationId}`] : [])),
  );
  const lastViews = final.devices
    .flatMap((one) => one.views)
    .filter((one) => !left.has(`${one.personId} ${one.conversationId}`));
  for (const { device, personId, atMs, messages, last } of [...views, ...lastViews])
    for (const message of messages)
      sightings.push({ device, personId, atMs, sinceMs: last ? atMs : 0, message, by: "view" });
  return sightings;
}

/** Messages wherever they lie in an answer. */
function messagesIn(value: unknown): Message[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(messagesIn);
  if ("seq" in value && "senderId" in value && "conversationId" in value) return [value as Message];
  return Object.values(value).flatMap(messagesIn);
}

function gatherUnsends({ calls }: History): Facts["unsends"] {
  const unsends = new Map<string, { invokedMs: number; ackedMs: number }>();
  for (const { command, input, fromMs, toMs, outcome } of calls) {
    if (command !== "messages.unsend") continue;
    const messageId = String(input["messageId"]);
    const before = unsends.get(messageId) ?? { invokedMs: Infinity, ackedMs: Infinity };
    const ackedMs = outcome.is === "ok" ? toMs : Infinity;
    unsends.set(messageId, {
      invokedMs: Math.min(before.invokedMs, fromMs),
      ackedMs: Math.min(before.ackedMs, ackedMs),
    });
  }
  return unsends;
}

function gatherBlocks({ calls }: History): BlockSpan[] {
  const ofPair = (call: Call) => `${call.personId} ${String(call.input["personId"])}`;
  const lifts = Map.groupBy(
    calls.filter((call) => call.command === "blocks.unblock"),
    ofPair,
  );
  return calls.flatMap((call): BlockSpan[] => {
    if (call.command !== "blocks.block" || call.outcome.is !== "ok") return [];
    // One that may still have been on its way when the block began may have lifted it.
    const later = (lifts.get(ofPair(call)) ?? []).filter((lift) => endOf(lift) > call.fromMs);
    const untilMs = Math.min(Infinity, ...later.map((lift) => lift.fromMs));
    if (untilMs <= call.toMs) return [];
    return [{ blockerId: call.personId, blockedId: String(call.input["personId"]), ackedMs: call.toMs, untilMs }];
  });
}

function gatherLeaves({ calls }: History): Leave[] {
  return calls.flatMap(({ command, outcome, personId, input, toMs: ackedMs }) =>
    command === "conversations.leave" && outcome.is === "ok"
      ? [{ personId, conversationId: String(input["conversationId"]), ackedMs }]
      : [],
  );
}

/** When a call can change nothing any more. */
export function endOf(call: Call): number {
  return isUncertain(call.outcome) ? Infinity : call.toMs;
}

/** Whether a person is in a conversation at the end, and what they may see of it. */
export function visibleAfter({ final }: Facts, personId: string, conversationId: string): number | null {
  const row = final.rows.members.find((one) => one.personId === personId && one.conversationId === conversationId);
  return row && !row.left ? row.visibleAfterSeq : null;
}
