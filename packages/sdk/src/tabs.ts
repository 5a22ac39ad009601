import { newClientId } from "./client-id.ts";

/**
 * Which page works on a stored message. Each one holds a lock for its life; a message whose page is gone is taken over, one
 * of a living page is left to it (two uploads would make two contents for one client id, R13).
 */
export interface Tab {
  ownerId: string;
  isAlive(ownerId: string): Promise<boolean>;
}

const lockName = (ownerId: string) => `sotto-outbox-${ownerId}`;

let own: Tab | undefined;

/** One for the page: a client that follows another one in it goes on with what that one left. */
export function thisTab(): Tab {
  return (own ??= claim());
}

function claim(): Tab {
  const ownerId = newClientId();
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  if (!locks || typeof document === "undefined") return { ownerId, isAlive: async () => false };
  locks.request(lockName(ownerId), () => new Promise(() => undefined)).catch(() => undefined);
  return {
    ownerId,
    async isAlive(other) {
      const { held = [] } = await locks.query();
      return other !== ownerId && held.some((lock) => lock.name === lockName(other));
    },
  };
}
