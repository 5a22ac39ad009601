import type { Conversation } from "@sotto/protocol/types.ts";
import { decodeCursor } from "../../../apps/server/src/cursors.ts";
import { visibleAfter, type Facts } from "../facts.ts";
import { okOf } from "../history.ts";

const unreadMost = 100;

/** (9) Read markers move forward alone, and unread counts are what a recount says (R16). */
export function readStateWrong(facts: Facts): string[] {
  return [...movedBack(facts), ...movedBackInEvents(facts), ...miscounted(facts)];
}

/** What was asked after somebody had been told a marker shows that one or a later one. */
function movedBack({ history }: Facts): string[] {
  const told = history.calls.flatMap((call) =>
    markersIn(call.command, call.input, okOf(call.outcome)).map(({ conversationId, readSeq }) => ({
      ...{
        key: `${call.personId} ${conversationId}`,
        readSeq,
        fromMs: call.fromMs,
        toMs: call.toMs,
        device: `${call.device} (${call.command})`,
      },
    })),
  );
  return [...Map.groupBy(told, (one) => one.key).values()].flatMap((ofOne) => {
    const byEnd = ofOne.toSorted((a, b) => a.toMs - b.toMs);
    let [next, highest] = [0, 0];
    return ofOne
      .toSorted((a, b) => a.fromMs - b.fromMs)
      .flatMap(({ fromMs, readSeq, device, key }) => {
        for (let done = byEnd[next]; done && done.toMs < fromMs; done = byEnd[(next += 1)])
          highest = Math.max(highest, done.readSeq);
        return readSeq >= highest
          ? []
          : [`the marker of ${key} was at ${highest}, and then ${device} was told ${readSeq}`];
      });
  });
}

function markersIn(command: string, input: Readonly<Record<string, unknown>>, output: unknown) {
  if (command === "conversations.markRead" && output !== undefined)
    return [{ conversationId: String(input["conversationId"]), readSeq: (output as { readSeq: number }).readSeq }];
  // What one left is shown as hidden and empty.
  const shown = conversationsIn(output).filter((one) => one.state !== "hidden");
  return shown.map(({ id, readSeq }) => ({ conversationId: id, readSeq }));
}

function conversationsIn(value: unknown): Conversation[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(conversationsIn);
  if ("readSeq" in value && "lastSeq" in value) return [value as Conversation];
  return Object.values(value).flatMap(conversationsIn);
}

/** Events in the order of the person's counter, which is given out with the marker under one lock. */
function movedBackInEvents({ history }: Facts): string[] {
  const told = history.heard.flatMap(({ personId, event }) => {
    if (event.event !== "inbox") return [];
    const counter = decodeCursor(event.cursor, ["text", "id", "number"])?.[2] ?? 0;
    return event.changes.map((one) => ({ key: `${personId} ${one.conversationId}`, counter, readSeq: one.readSeq }));
  });
  return [...Map.groupBy(told, (one) => one.key)].flatMap(([key, ofOne]) => {
    let highest = 0;
    return ofOne
      .toSorted((a, b) => a.counter - b.counter)
      .flatMap(({ readSeq }) => {
        const isBack = readSeq < highest;
        highest = Math.max(highest, readSeq);
        return isBack ? [`events moved the marker of ${key} from ${highest} to ${readSeq}`] : [];
      });
  });
}

function miscounted(facts: Facts): string[] {
  const { inbox, blocks } = facts.final.rows;
  const blocked = new Set(blocks.map((row) => `${row.blockerId} ${row.blockedId}`));
  const messages = Map.groupBy(facts.final.rows.messages, (row) => row.conversationId);
  const markers = new Map(inbox.map((row) => [`${row.personId} ${row.conversationId}`, row.readSeq]));
  return facts.final.shown.flatMap(({ personId, conversationId, conversation }) => {
    const hidden = visibleAfter(facts, personId, conversationId);
    const shown = okOf<{ conversation: Conversation }>(conversation)?.conversation;
    if (hidden === null || !shown) return [];
    const marker = markers.get(`${personId} ${conversationId}`) ?? 0;
    const counted = (messages.get(conversationId) ?? []).filter(
      (row) =>
        row.seq > Math.max(marker, hidden) &&
        row.senderId !== personId &&
        !row.unsent &&
        !blocked.has(`${personId} ${row.senderId}`),
    ).length;
    const right = Math.min(counted, unreadMost);
    return shown.unread === right
      ? []
      : [`${personId} is shown ${shown.unread} unread in ${conversationId}: a recount says ${right}`];
  });
}
