import { memoryStorage } from "./memory.ts";
import type { Shelf, Storage } from "./storage.ts";

/** The device's storage, loaded on first use; until it is open, reads and writes wait for it. */
export function openStorage(options: { kind: "memory" | "indexeddb"; url: string }): Storage {
  if (options.kind === "memory") return memoryStorage();
  const opening = import("./indexeddb.ts").then((loaded) => loaded.indexedDbStorage(options.url)).catch(memoryStorage);
  return deferred(opening);
}

function deferred(storage: Promise<Storage>): Storage {
  return {
    outbox: deferredShelf(storage.then((opened) => opened.outbox)),
    changes: deferredShelf(storage.then((opened) => opened.changes)),
    logs: deferredShelf(storage.then((opened) => opened.logs)),
    loadView: async () => (await storage).loadView(),
    saveView: async (view) => (await storage).saveView(view),
    clear: async () => (await storage).clear(),
    clearCopies: async () => (await storage).clearCopies(),
  };
}

function deferredShelf<T>(shelf: Promise<Shelf<T>>): Shelf<T> {
  return {
    all: async () => (await shelf).all(),
    get: async (key) => (await shelf).get(key),
    put: async (key, value) => (await shelf).put(key, value),
    remove: async (key) => (await shelf).remove(key),
  };
}
