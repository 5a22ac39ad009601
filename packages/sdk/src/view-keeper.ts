import type { Me } from "@sotto/protocol/types.ts";
import type { Inbox } from "./inbox.ts";
import type { State } from "./state.ts";
import type { Storage } from "./store/storage.ts";
import { waits } from "./waits.ts";

const storedConversations = 200;

/** Stores the last view, together with the cursor up to which it is whole: both are taken in one moment. */
export class ViewKeeper {
  private readonly options: {
    storage: Storage;
    me: State<Me | null>;
    inbox: Inbox;
    cursor: () => string | null;
    clockOffsetMs: () => number;
  };
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ViewKeeper["options"]) {
    this.options = options;
    // At once: whose messages wait on this device must be known even when nothing else is.
    options.me.subscribe(() => this.save());
    options.inbox.state.subscribe(() => this.soonSave());
  }

  soonSave(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.save();
    }, waits.saveMs);
  }

  drop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private save(): void {
    const me = this.options.me.get();
    if (!me) return;
    const newest = this.options.inbox.all().toSorted((a, b) => (a.activityAt < b.activityAt ? 1 : -1));
    const conversations = newest.slice(0, storedConversations);
    const cutAt = newest.length > storedConversations ? (conversations.at(-1)?.activityAt ?? "") : "";
    const shownSince = this.options.inbox.shownSince;
    const horizon = cutAt > shownSince ? cutAt : shownSince;
    const { cursor, clockOffsetMs, inbox } = this.options;
    const { uncounted } = inbox;
    const view = { me, cursor: cursor(), horizon, conversations, uncounted, clockOffsetMs: clockOffsetMs() };
    void this.options.storage.saveView(view);
  }
}
