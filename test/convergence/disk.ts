import type { Shelf, Storage, StoredChange, StoredLog, StoredOutgoing, StoredView } from "@sotto/sdk/store/storage.ts";

/** What a device keeps when its program ends. Values are copied in and out, as IndexedDB does. */
export interface Disk {
  /** For one run of the program. `end`: the program is gone, and writes that it had under way are lost with it. */
  open(): { storage: Storage; end: () => void };
  /** Whether it knows whose it is. */
  hasView(): boolean;
  /** What waits to be told to the server. */
  waiting(): { outbox: StoredOutgoing[]; changes: StoredChange[] };
}

export function createDisk(): Disk {
  const outbox = new Map<string, StoredOutgoing>();
  const changes = new Map<string, StoredChange>();
  const logs = new Map<string, StoredLog>();
  const view = new Map<string, StoredView>();
  return {
    open() {
      const run = { ended: false };
      const shelves = { outbox: shelf(outbox, run), changes: shelf(changes, run), logs: shelf(logs, run) };
      const views = shelf(view, run);
      const storage: Storage = {
        ...shelves,
        loadView: () => views.get("last"),
        saveView: (next) => views.put("last", next),
        async clear() {
          if (!run.ended) for (const one of [outbox, changes, logs, view]) one.clear();
        },
        async clearCopies() {
          if (!run.ended) for (const one of [logs, view]) one.clear();
        },
      };
      return { storage, end: () => void (run.ended = true) };
    },
    hasView: () => view.size > 0,
    waiting: () => ({ outbox: [...outbox.values()], changes: [...changes.values()] }),
  };
}

function shelf<T>(held: Map<string, T>, run: { ended: boolean }): Shelf<T> {
  return {
    all: async () => structuredClone([...held]),
    get: async (key) => structuredClone(held.get(key)),
    async put(key, value) {
      if (!run.ended) held.set(key, structuredClone(value));
    },
    async remove(key) {
      if (!run.ended) held.delete(key);
    },
  };
}
