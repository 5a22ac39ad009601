import type { Shelf, Storage, StoredChange, StoredLog, StoredOutgoing, StoredView } from "./storage.ts";

export function memoryStorage(): Storage {
  let view: StoredView | undefined;
  const outbox = memoryShelf<StoredOutgoing>();
  const changes = memoryShelf<StoredChange>();
  const logs = memoryShelf<StoredLog>();
  return {
    ...{ outbox, changes, logs },
    loadView: async () => view,
    saveView: async (next) => void (view = next),
    async clear() {
      for (const shelf of [outbox, changes, logs]) shelf.empty();
      view = undefined;
    },
    async clearCopies() {
      logs.empty();
      view = undefined;
    },
  };
}

function memoryShelf<T>(): Shelf<T> & { empty: () => void } {
  const held = new Map<string, T>();
  return {
    all: async () => [...held],
    get: async (key) => held.get(key),
    put: async (key, value) => void held.set(key, value),
    remove: async (key) => void held.delete(key),
    empty: () => held.clear(),
  };
}
