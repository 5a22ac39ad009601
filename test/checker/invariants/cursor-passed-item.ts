import type { CommandOutput } from "@sotto/protocol/commands.ts";
import { decodeCursor } from "../../../apps/server/src/cursors.ts";
import { visibleAfter, type Facts } from "../facts.ts";
import { okOf, type Call } from "../history.ts";

/**
 * (5) A cursor passes nothing that it did not show (R15). At each pull: whatever is known to have changed between the cursor
 * that was asked with and the one that was answered is in the answer. At the end: every device holds everything.
 */
export function cursorPassedItem(facts: Facts): string[] {
  const behind = facts.final.behind > 0 ? [`${facts.final.behind} inbox rows never caught up with the log`] : [];
  return [...behind, ...passedChanges(facts), ...passedConversations(facts), ...notHeld(facts)];
}

function passedChanges(facts: Facts): string[] {
  const known = knownChanges(facts);
  return facts.history.calls.flatMap((call) => {
    const answer =
      call.command === "messages.changes" ? okOf<CommandOutput<"messages.changes">>(call.outcome) : undefined;
    if (!answer) return [];
    const conversationId = String(call.input["conversationId"]);
    const hidden = visibleAfter(facts, call.personId, conversationId);
    // Of who left since, nobody knows what they could see then.
    if (hidden === null) return [];
    const shown = new Set(answer.items.map((one) => one.id));
    const passed = (known.get(conversationId) ?? []).filter(
      (one) => one.change > Number(call.input["after"]) && one.change <= answer.change && one.seq > hidden,
    );
    return passed.flatMap((one) => {
      // It changed again while the page was read, and comes with a later one.
      const movedOn = (facts.stored.get(one.id)?.change ?? 0) > answer.change;
      if (shown.has(one.id) || movedOn) return [];
      return [
        `${call.device} was moved from change ${String(call.input["after"])} to ${answer.change} of ${conversationId} without ${one.id} (${one.change})`,
      ];
    });
  });
}

/** Which message each change of a conversation was about, by everything that anybody saw. */
function knownChanges({ sightings, final }: Facts) {
  const known = new Map<string, Map<number, { id: string; seq: number; change: number }>>();
  const add = (one: { conversationId: string; id: string; seq: number; change: number }) => {
    const ofOne = known.get(one.conversationId) ?? new Map<number, { id: string; seq: number; change: number }>();
    known.set(one.conversationId, ofOne.set(one.change, one));
  };
  for (const { message } of sightings) add(message);
  for (const row of final.rows.messages) add(row);
  return new Map([...known].map(([id, changes]) => [id, [...changes.values()]]));
}

/** An `inbox` event says which conversations changed between two positions of the person's cursor. */
function passedConversations({ history, final }: Facts): string[] {
  const news = Map.groupBy(inboxNews(history.heard), (one) => one.personId);
  const left = new Set(
    final.rows.members.flatMap((row) => (row.left ? [`${row.personId} ${row.conversationId}`] : [])),
  );
  return history.calls.flatMap((call) => {
    const pull = readPull(call);
    if (!pull) return [];
    return (news.get(call.personId) ?? []).flatMap(({ conversationId, change, since, counter }) => {
      if (since < pull.from || counter > pull.to || left.has(`${call.personId} ${conversationId}`)) return [];
      if ((pull.shown.get(conversationId) ?? -1) >= change) return [];
      return [`${call.device} was moved from ${pull.from} to ${pull.to} without change ${change} of ${conversationId}`];
    });
  });
}

function inboxNews(heard: Facts["history"]["heard"]) {
  return heard.flatMap(({ personId, event }) => {
    if (event.event !== "inbox") return [];
    const [since, counter] = [counterOf(event.since), counterOf(event.cursor)];
    return event.changes.map(({ conversationId, change }) => ({ personId, conversationId, change, since, counter }));
  });
}

/** Null for what says that it is not everything: a first pull, a reload, a page that is not the last. */
function readPull({ command, input, outcome }: Call) {
  const answer = command === "sync.pull" ? okOf<CommandOutput<"sync.pull">>(outcome) : undefined;
  const cursor = input["cursor"];
  if (!answer || answer.reload || answer.hasMore || typeof cursor !== "string") return null;
  const shown = new Map(answer.conversations.map((one) => [one.id, one.change]));
  return { from: counterOf(cursor), to: counterOf(answer.cursor), shown };
}

function counterOf(cursor: string): number {
  return decodeCursor(cursor, ["text", "id", "number"])?.[2] ?? Number.NaN;
}

/** What a device holds at its end, against the log. */
function notHeld(facts: Facts): string[] {
  const messages = Map.groupBy(facts.final.rows.messages, (row) => row.conversationId);
  const inbox = new Map(facts.final.rows.inbox.map((row) => [`${row.personId} ${row.conversationId}`, row]));
  return facts.final.devices.flatMap(({ device, personId, isSdk, summaries, views }) =>
    facts.world.chats.flatMap((chat) => {
      const hidden = chat.memberIds.includes(personId) ? visibleAfter(facts, personId, chat.id) : null;
      if (hidden === null) return [];
      const [row, held] = [inbox.get(`${personId} ${chat.id}`), summaries.get(chat.id)];
      const stale =
        row && (held?.change !== row.change || held.lastSeq !== row.lastSeq || held.readSeq !== row.readSeq);
      const view = new Map(views.find((one) => one.conversationId === chat.id)?.messages.map((one) => [one.id, one]));
      const first = isSdk ? Math.min(...[...view.values()].map((one) => one.seq)) : 0;
      const lacking = (messages.get(chat.id) ?? []).filter(
        (one) => one.seq > hidden && one.seq >= first && view.get(one.id)?.change !== one.change,
      );
      return [
        ...(stale
          ? [`${device} holds ${JSON.stringify(pick(held))} of ${chat.id}, which is at ${JSON.stringify(pick(row))}`]
          : []),
        ...lacking.map((one) => `${device} does not hold ${one.id} of ${chat.id} at change ${one.change}`),
      ];
    }),
  );
}

function pick(one: { change: number; lastSeq: number; readSeq: number } | undefined) {
  return one && { change: one.change, lastSeq: one.lastSeq, readSeq: one.readSeq };
}
