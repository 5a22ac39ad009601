import type { Storage, StoredLog, StoredOutgoing, StoredView } from "./storage.ts";

export function memoryStorage(): Storage {
  const outbox = new Map<string, StoredOutgoing>();
  const logs = new Map<string, StoredLog>();
  let view: StoredView | undefined;
  return {
    loadOutbox: async () => [...outbox.values()],
    saveOutgoing: async (outgoing) => void outbox.set(outgoing.clientId, outgoing),
    removeOutgoing: async (clientId) => void outbox.delete(clientId),
    loadView: async () => view,
    saveView: async (next) => void (view = next),
    loadLog: async (conversationId) => logs.get(conversationId),
    saveLog: async (conversationId, log) => void (log ? logs.set(conversationId, log) : logs.delete(conversationId)),
    async clear() {
      outbox.clear();
      logs.clear();
      view = undefined;
    },
  };
}
