import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { Event } from "@sotto/protocol/events.ts";
import type { Conversation, Message } from "@sotto/protocol/types.ts";

/** What a device holds of one conversation: every mutation up to `change` is in `messages`. */
export interface HeldLog {
  change: number;
  messages: Map<number, Message>;
}

export type Summary = Pick<Conversation, "change" | "lastSeq" | "readSeq">;

/**
 * What a raw client holds, by the protocol's own rules (R15): its cursor moves by an answer to `sync.pull`, or by an `inbox`
 * event that begins at the cursor and whose news it then holds; a log's `change` by the next event, or by `messages.changes`.
 * It never loads anything anew by itself: what a cursor passed without showing stays missing until the end.
 */
export class Held {
  cursor: string | null = null;
  readonly summaries = new Map<string, Summary>();
  readonly logs = new Map<string, HeldLog>();

  /** Answers what has to be asked next: `true` for the inbox, and conversations whose log has a hole. */
  take(event: Event): { pull: boolean; behind: string[] } {
    switch (event.event) {
      case "message":
      case "message.changed":
        return { pull: false, behind: this.takeMessage(event.message) ? [] : [event.message.conversationId] };
      case "inbox":
        return this.takeInbox(event);
      default:
        // Another hint: whatever it is about, the cursor knows.
        return { pull: !["media", "settings", "me.changed", "reconnect"].includes(event.event), behind: [] };
    }
  }

  pulled(answer: CommandOutput<"sync.pull">): string[] {
    if (answer.reload) this.summaries.clear();
    for (const one of answer.conversations) this.summaries.set(one.id, one);
    this.cursor = answer.cursor;
    return answer.conversations.filter((one) => this.isBehind(one.id)).map((one) => one.id);
  }

  changed(conversationId: string, answer: CommandOutput<"messages.changes">): void {
    const log = this.logOf(conversationId);
    for (const message of answer.items) keepNewest(log, message);
    log.change = Math.max(log.change, answer.change);
  }

  isBehind(conversationId: string): boolean {
    return this.logOf(conversationId).change < (this.summaries.get(conversationId)?.change ?? 0);
  }

  logOf(conversationId: string): HeldLog {
    const found = this.logs.get(conversationId) ?? { change: 0, messages: new Map<number, Message>() };
    this.logs.set(conversationId, found);
    return found;
  }

  /** False when something before it is missing. */
  private takeMessage(message: Message): boolean {
    const log = this.logOf(message.conversationId);
    if (message.change > log.change + 1) return false;
    keepNewest(log, message);
    log.change = Math.max(log.change, message.change);
    return true;
  }

  private takeInbox(event: Extract<Event, { event: "inbox" }>): { pull: boolean; behind: string[] } {
    if (event.cursor === this.cursor) return { pull: false, behind: [] };
    if (event.since !== this.cursor || event.changes.some((one) => one.stale)) return { pull: true, behind: [] };
    for (const { conversationId, change, lastSeq, readSeq } of event.changes)
      this.summaries.set(conversationId, { change, lastSeq, readSeq });
    this.cursor = event.cursor;
    const ids = event.changes.map((one) => one.conversationId);
    return { pull: false, behind: ids.filter((id) => this.isBehind(id)) };
  }
}

function keepNewest(log: HeldLog, message: Message): void {
  const before = log.messages.get(message.seq);
  if (!before || before.change <= message.change) log.messages.set(message.seq, message);
}
