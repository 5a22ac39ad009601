import { limits } from "@sotto/protocol/limits.ts";
import type { Call } from "./call.ts";
import type { Inbox } from "./inbox.ts";

/** Whom I blocked: what they write in groups counts nowhere (R6, R16). Who holds no group does not have to ask. */
export class BlockedPeople {
  private readonly call: Call;
  private readonly inbox: Inbox;
  private isAsked = false;
  /** Of several questions the last one counts. */
  private turn = 0;

  constructor(options: { call: Call; inbox: Inbox }) {
    this.call = options.call;
    this.inbox = options.inbox;
  }

  /** They may be others than before. */
  changed(): void {
    this.isAsked = false;
    this.turn++;
    void this.need();
  }

  /** A group may be held since a moment ago. */
  async need(): Promise<void> {
    if (this.isAsked || !this.inbox.all().some((one) => one.kind === "group")) return;
    this.isAsked = true;
    const turn = ++this.turn;
    const ids = await this.list().catch(() => undefined);
    if (turn !== this.turn) return;
    if (ids) this.inbox.setBlocked(ids);
    else this.isAsked = false;
  }

  private async list(): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await this.call("blocks.list", { limit: limits.pageMax, ...(cursor !== undefined && { cursor }) });
      ids.push(...page.items.map((one) => one.id));
      cursor = page.next;
    }
    return ids;
  }
}
