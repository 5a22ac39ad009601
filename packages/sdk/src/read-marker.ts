import type { Call } from "./call.ts";
import type { Inbox } from "./inbox.ts";

const tellEveryMs = 1_000;

/** My read marker in one conversation: forward only (R16), shown at once, told at most once a second. */
export class ReadMarker {
  private readonly call: Call;
  private readonly inbox: Inbox;
  private wanted: { conversationId: string; seq: number } | undefined;
  private told = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: { call: Call; inbox: Inbox }) {
    this.call = options.call;
    this.inbox = options.inbox;
  }

  move(conversationId: string, seq: number): void {
    const known = Math.max(this.wanted?.seq ?? 0, this.inbox.get(conversationId)?.readSeq ?? 0);
    if (seq <= known) return;
    this.wanted = { conversationId, seq };
    this.inbox.read(conversationId, { readSeq: seq });
    if (this.timer === undefined) void this.tell();
  }

  /** After an interruption: say what could not be said. */
  resume(): void {
    if (this.wanted && this.wanted.seq > this.told && this.timer === undefined) void this.tell();
  }

  private async tell(): Promise<void> {
    const { wanted } = this;
    if (!wanted || wanted.seq <= this.told) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.wanted !== wanted) void this.tell();
    }, tellEveryMs);
    try {
      const answer = await this.call("conversations.markRead", wanted);
      this.told = Math.max(this.told, wanted.seq);
      this.inbox.read(wanted.conversationId, answer);
    } catch {
      // `resume` says it again.
    }
  }
}
