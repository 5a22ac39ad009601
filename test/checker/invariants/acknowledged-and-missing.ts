import { originalOf } from "../edited.ts";
import { endOf, visibleAfter, type Facts } from "../facts.ts";

/** (1) What was acknowledged is there: messages as they were sent, tombstones, blocks and leaves (R26). */
export function acknowledgedAndMissing(facts: Facts): string[] {
  return [
    ...missingMessages(facts),
    ...missingEdits(facts),
    ...missingTombstones(facts),
    ...missingBlocks(facts),
    ...missingLeaves(facts),
    ...missingFromHistory(facts),
  ];
}

function missingMessages({ sends, stored, unsends }: Facts): string[] {
  return [...sends.values()].flatMap(({ clientId, senderId, text, acks }) =>
    acks.flatMap(({ message }) => {
      const row = stored.get(message.id);
      const what = `message ${message.id} (${clientId}), acknowledged with number ${message.seq},`;
      if (!row) return [`${what} is not there`];
      if (row.seq !== message.seq || row.conversationId !== message.conversationId)
        return [`${what} has number ${row.seq}`];
      if (row.clientId !== clientId || row.senderId !== senderId) return [`${what} is somebody else's`];
      if (row.unsent) return unsends.has(row.id) ? [] : [`${what} was taken back by nobody`];
      return originalOf(row.text) === text ? [] : [`${what} has another text`];
    }),
  );
}

/** What an acknowledged edit wrote stands, unless a later one may have come after it (R17). */
function missingEdits({ history, stored }: Facts): string[] {
  const edits = history.calls.filter((call) => call.command === "messages.edit");
  const byMessage = Map.groupBy(edits, (call) => String(call.input["messageId"]));
  return [...byMessage].flatMap(([id, ofOne]) => {
    const row = stored.get(id);
    if (!row || row.unsent || !ofOne.some((call) => call.outcome.is === "ok")) return [];
    const standing = ofOne.find((call) => call.input["text"] === row.text);
    if (!standing) return [`message ${id} was edited, and says none of what it was given`];
    const after = ofOne.find((call) => call.outcome.is === "ok" && call.fromMs > endOf(standing));
    return after ? [`message ${id} was edited again, and says what it said before`] : [];
  });
}

function missingTombstones({ unsends, stored }: Facts): string[] {
  return [...unsends].flatMap(([id, { ackedMs }]) =>
    ackedMs < Infinity && stored.get(id)?.unsent !== true ? [`message ${id} was taken back, and stands`] : [],
  );
}

function missingBlocks({ blocks, final }: Facts): string[] {
  const standing = new Set(final.rows.blocks.map((row) => `${row.blockerId} ${row.blockedId}`));
  return blocks.flatMap(({ blockerId, blockedId, untilMs }) =>
    untilMs === Infinity && !standing.has(`${blockerId} ${blockedId}`)
      ? [`${blockerId}'s block of ${blockedId} is gone`]
      : [],
  );
}

function missingLeaves({ leaves, final }: Facts): string[] {
  const left = new Set(
    final.rows.members.filter((row) => row.left).map((row) => `${row.personId} ${row.conversationId}`),
  );
  return leaves.flatMap(({ personId, conversationId }) =>
    left.has(`${personId} ${conversationId}`) ? [] : [`${personId} left ${conversationId}, and is in it`],
  );
}

/** What lies in the database is also what the API shows to every member. */
function missingFromHistory(facts: Facts): string[] {
  const rows = Map.groupBy(facts.final.rows.messages, (row) => row.conversationId);
  return facts.final.shown.flatMap(({ personId, conversationId, history }) => {
    const after = visibleAfter(facts, personId, conversationId);
    if (after === null) return [];
    if (history === null) return [`${personId} is refused the history of ${conversationId}`];
    const shown = new Set(history.map((one) => one.id));
    return (rows.get(conversationId) ?? []).flatMap((row) =>
      row.seq > after && !shown.has(row.id) ? [`${personId} is not shown message ${row.id} of ${conversationId}`] : [],
    );
  });
}
