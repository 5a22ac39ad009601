import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { memoryStorage } from "./memory.ts";
import type { Storage, StoredLog, StoredOutgoing, StoredView } from "./storage.ts";

interface Schema extends DBSchema {
  outbox: { key: string; value: StoredOutgoing };
  view: { key: string; value: StoredView };
  logs: { key: string; value: StoredLog };
}

const schemaVersion = 1;
const openTimeoutMs = 2_000;

/** IndexedDB, one database for each server. Where it is missing, blocked or full, memory takes over: see `Storage`. */
export async function indexedDbStorage(url: string): Promise<Storage> {
  const memory = memoryStorage();
  const database = await open(`sotto ${url}`);
  return database ? guarded(onDatabase(database), memory) : memory;
}

function onDatabase(database: IDBPDatabase<Schema>): Storage {
  return {
    loadOutbox: () => database.getAll("outbox"),
    saveOutgoing: async (outgoing) => void (await database.put("outbox", outgoing, outgoing.clientId)),
    removeOutgoing: (clientId) => database.delete("outbox", clientId),
    loadView: () => database.get("view", "last"),
    saveView: async (view) => void (await database.put("view", view, "last")),
    loadLog: (conversationId) => database.get("logs", conversationId),
    saveLog: async (conversationId, log) =>
      void (await (log ? database.put("logs", log, conversationId) : database.delete("logs", conversationId))),
    async clear() {
      const transaction = database.transaction(["outbox", "view", "logs"], "readwrite");
      await Promise.all([
        transaction.objectStore("outbox").clear(),
        transaction.objectStore("view").clear(),
        transaction.objectStore("logs").clear(),
        transaction.done,
      ]);
    },
  };
}

/** Memory mirrors what this client wrote, so that one refused write does not lose what the next read needs. */
function guarded(disk: Storage, memory: Storage): Storage {
  const both = async (write: (storage: Storage) => Promise<void>) => {
    await write(memory);
    await write(disk).catch(() => undefined);
  };
  return {
    loadOutbox: () => disk.loadOutbox().catch(() => memory.loadOutbox()),
    saveOutgoing: (outgoing) => both((storage) => storage.saveOutgoing(outgoing)),
    removeOutgoing: (clientId) => both((storage) => storage.removeOutgoing(clientId)),
    loadView: () => disk.loadView().catch(() => memory.loadView()),
    saveView: (view) => disk.saveView(view).catch(() => undefined),
    loadLog: (conversationId) => disk.loadLog(conversationId).catch(() => undefined),
    saveLog: (conversationId, log) => disk.saveLog(conversationId, log).catch(() => undefined),
    clear: () => both((storage) => storage.clear()),
  };
}

async function open(name: string): Promise<IDBPDatabase<Schema> | undefined> {
  if (!globalThis.indexedDB) return undefined;
  const opening = openDB<Schema>(name, schemaVersion, {
    upgrade(database) {
      for (const store of ["outbox", "view", "logs"] as const) database.createObjectStore(store);
    },
    // A newer version of the app in another tab waits for us.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase | null)?.close(),
  }).catch(() => undefined);
  // Some browsers leave the request without any answer.
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), openTimeoutMs));
  return Promise.race([opening, late]);
}
