import type { Message } from "@sotto/protocol/types.ts";
import type { BlockedPeople } from "./blocked-people.ts";
import type { SocketEvent } from "./frames.ts";
import type { Inbox } from "./inbox.ts";
import type { MeLoader } from "./me-loader.ts";
import type { MediaReady } from "./media-ready.ts";
import type { Sync } from "./sync.ts";
import type { Threads } from "./threads.ts";

/** What the server tells by itself, brought to whom it concerns. */
export function takeEvent(
  event: SocketEvent,
  to: {
    threads: Threads;
    sync: Sync;
    meLoader: MeLoader;
    mediaReady: MediaReady;
    blocked: BlockedPeople;
    inbox: Inbox;
    message: (message: Message) => void;
  },
): void {
  switch (event.event) {
    case "message":
      return to.message(event.message);
    case "message.changed":
      to.message(event.message);
      return void to.threads.freshenStored([event.message.conversationId]);
    case "inbox":
      return to.sync.event(event);
    case "sync":
      // Hints of every kind may have been lost, and not all of them move the cursor.
      void to.meLoader.load();
      return to.sync.standsAt(event.cursor);
    case "media":
      return to.mediaReady.event(event.media);
    case "settings":
      to.meLoader.changed({ settings: event.settings });
      return to.threads.refreshDecisions();
    case "me.changed":
      void to.meLoader.load();
      to.blocked.changed();
      return to.threads.refreshDecisions();
    case "typing":
      return to.threads.typed(event.conversationId, event.personId, event.typing);
    case "read":
      return to.inbox.receipt(event.conversationId, event);
    case "reconnect":
      return;
    default:
      // An event newer than this client: sync brings what matters.
      return event satisfies never;
  }
}
