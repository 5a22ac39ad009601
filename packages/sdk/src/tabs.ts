import { newClientId } from "./client-id.ts";

/**
 * Which page works on a stored message. Each one holds a lock for its life; a message whose page is gone is taken over by
 * the next one, one of a living page is left to it (two uploads would make two contents for one client id, R13).
 */
export interface Tab {
  ownerId: string;
  /** Runs `work` once that page is gone, in one page at a time: at once for a page that is gone, and for this one. */
  afterPage(ownerId: string, work: () => Promise<void>): Promise<void>;
}

const lockName = (ownerId: string) => `sotto-outbox-${ownerId}`;

/**
 * The pages of one browser that share what is stored. One that hears late that a person's session is over would store its copies anew:
 * so it hears it from the first. `close` ends the listening.
 */
export function sharedWith(name: string, onOver: (personId: string) => void) {
  const channel = new BroadcastChannel(name);
  channel.addEventListener("message", ({ data }) => onOver(String(data)));
  return { over: (personId: string) => channel.postMessage(personId), close: () => channel.close() };
}

let own: Tab | undefined;

/** One for the page: a client that follows another one in it goes on with what that one left. */
export function thisTab(): Tab {
  return (own ??= claim());
}

function claim(): Tab {
  const ownerId = newClientId();
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  if (!locks || typeof document === "undefined") return { ownerId, afterPage: (_gone, work) => work() };
  locks.request(lockName(ownerId), () => new Promise(() => undefined)).catch(() => undefined);
  return {
    ownerId,
    async afterPage(other, work) {
      await (other === ownerId ? work() : locks.request(lockName(other), work));
    },
  };
}
