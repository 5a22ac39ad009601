import type { Event } from "@sotto/protocol/events.ts";

/** Longer than anything committed before they left can be on its way: between processes, or in a batch's answer. */
const rememberedMs = 60_000;

/** In people's words every quote is escaped, so they name none. */
const named = /"conversationId":"([^"]*)"/g;

/**
 * Who left what just now. A send committed before somebody left, and told after, was still addressed to them: its event stops
 * here (R8, T3). The database is asked about everything else; this is for what was decided already.
 */
export class Leavers {
  private readonly left = new Map<string, Set<string>>();

  remember(personId: string, conversationId: string): void {
    const left = this.left.get(personId) ?? new Set();
    this.left.set(personId, left.add(conversationId));
    setTimeout(() => {
      left.delete(conversationId);
      if (left.size === 0) this.left.delete(personId);
    }, rememberedMs).unref();
  }

  /**
   * The event as this person may have it: null when it is about a conversation that they left. One look into an empty map for
   * everybody else; once through the event however many they left (a thousand of them took 5 ms of every event).
   */
  pass(personId: string, payload: string): string | null {
    const left = this.left.get(personId);
    if (!left) return payload;
    const names = (id: string) => left.has(id);
    for (const [, conversationId = ""] of payload.matchAll(named))
      if (names(conversationId)) return cut(payload, names);
    return payload;
  }
}

/** What an inbox event says of other conversations is theirs still: without it their cursor would stand until the next. */
function cut(payload: string, left: (conversationId: string) => boolean): string | null {
  const event: Event = JSON.parse(payload);
  if (event.event !== "inbox") return null;
  const changes = event.changes.filter((change) => !left(change.conversationId));
  return changes.length === 0 ? null : JSON.stringify({ ...event, changes });
}
