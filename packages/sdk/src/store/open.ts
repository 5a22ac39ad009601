import { memoryStorage } from "./memory.ts";
import type { Storage } from "./storage.ts";

/** The device's storage, loaded on first use; until it is open, reads and writes wait for it. */
export function openStorage(options: { kind: "memory" | "indexeddb"; url: string }): Storage {
  if (options.kind === "memory") return memoryStorage();
  const opening = import("./indexeddb.ts").then((loaded) => loaded.indexedDbStorage(options.url)).catch(memoryStorage);
  return deferred(opening);
}

function deferred(storage: Promise<Storage>): Storage {
  return {
    loadOutbox: async () => (await storage).loadOutbox(),
    saveOutgoing: async (outgoing) => (await storage).saveOutgoing(outgoing),
    removeOutgoing: async (clientId) => (await storage).removeOutgoing(clientId),
    loadView: async () => (await storage).loadView(),
    saveView: async (view) => (await storage).saveView(view),
    loadLog: async (conversationId) => (await storage).loadLog(conversationId),
    saveLog: async (conversationId, log) => (await storage).saveLog(conversationId, log),
    clear: async () => (await storage).clear(),
  };
}
