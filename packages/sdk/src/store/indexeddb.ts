import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { memoryStorage } from "./memory.ts";
import type { Shelf, Storage, StoredChange, StoredLog, StoredOutgoing, StoredView } from "./storage.ts";

interface Schema extends DBSchema {
  outbox: { key: string; value: StoredOutgoing };
  changes: { key: string; value: StoredChange };
  logs: { key: string; value: StoredLog };
  view: { key: string; value: StoredView };
}

const stores = ["outbox", "changes", "logs", "view"] as const;
type ShelfName = Exclude<(typeof stores)[number], "view">;

/** 2: changes on their way, and logs that know what is hidden. What 1 held of the outbox stays. */
const schemaVersion = 2;
const openTimeoutMs = 2_000;

/** IndexedDB, one database for each server. Where it is missing, blocked or full, memory takes over: see `Storage`. */
export async function indexedDbStorage(url: string): Promise<Storage> {
  const memory = memoryStorage();
  const database = await open(`sotto ${url}`);
  return database ? onDatabase(database, memory) : memory;
}

function onDatabase(database: IDBPDatabase<Schema>, memory: Storage): Storage {
  return {
    outbox: guarded(diskShelf(database, "outbox"), memory.outbox),
    changes: guarded(diskShelf(database, "changes"), memory.changes),
    // Only a copy: where it cannot be written there is none.
    logs: forgiving(diskShelf(database, "logs")),
    loadView: () => database.get("view", "last").catch(() => memory.loadView()),
    saveView: async (view) => void (await database.put("view", view, "last").catch(() => undefined)),
    async clear() {
      await memory.clear();
      await empty(database, stores).catch(() => undefined);
    },
    clearCopies: () => empty(database, ["logs", "view"]).catch(() => undefined),
  };
}

async function empty(database: IDBPDatabase<Schema>, names: readonly (typeof stores)[number][]): Promise<void> {
  const transaction = database.transaction(names, "readwrite");
  const cleared = names.map((name) => transaction.objectStore(name).clear());
  await Promise.all([...cleared, transaction.done]);
}

function diskShelf<N extends ShelfName>(database: IDBPDatabase<Schema>, name: N): Shelf<Schema[N]["value"]> {
  return {
    async all() {
      const transaction = database.transaction(name);
      const [keys, values] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
      return values.map((value, index) => [String(keys[index]), value]);
    },
    get: (key) => database.get(name, key),
    put: async (key, value) => void (await database.put(name, value, key)),
    remove: (key) => database.delete(name, key),
  };
}

/** Memory mirrors what this client wrote, so that one refused write does not lose what the next read needs. */
function guarded<T>(disk: Shelf<T>, memory: Shelf<T>): Shelf<T> {
  const both = async (write: (shelf: Shelf<T>) => Promise<void>) => {
    await write(memory);
    await write(disk).catch(() => undefined);
  };
  return {
    all: () => disk.all().catch(() => memory.all()),
    get: (key) => disk.get(key).catch(() => memory.get(key)),
    put: (key, value) => both((shelf) => shelf.put(key, value)),
    remove: (key) => both((shelf) => shelf.remove(key)),
  };
}

function forgiving<T>(disk: Shelf<T>): Shelf<T> {
  return {
    all: () => disk.all().catch(() => []),
    get: (key) => disk.get(key).catch(() => undefined),
    put: (key, value) => disk.put(key, value).catch(() => undefined),
    remove: (key) => disk.remove(key).catch(() => undefined),
  };
}

async function open(name: string): Promise<IDBPDatabase<Schema> | undefined> {
  if (!globalThis.indexedDB) return undefined;
  const opening = openDB<Schema>(name, schemaVersion, {
    upgrade(database, before, _now, transaction) {
      // The view that version 1 kept lacks what one of today says: better none until the first answer.
      if (before === 1) void transaction.objectStore("view").clear();
      for (const store of stores) if (!database.objectStoreNames.contains(store)) database.createObjectStore(store);
    },
    // A newer version of the app in another tab waits for us.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase | null)?.close(),
  }).catch(() => undefined);
  // Some browsers leave the request without any answer.
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), openTimeoutMs));
  return Promise.race([opening, late]);
}
