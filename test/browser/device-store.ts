import type { Page } from "playwright-core";

/** Runs in the page: the database as schema 1 made it, with a message that waits. */
export function leaveAsVersionOne({
  name,
  senderId,
  personId,
}: {
  name: string;
  senderId: string;
  personId: string;
}): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.addEventListener("upgradeneeded", () => {
      for (const store of ["outbox", "view", "logs"]) request.result.createObjectStore(store);
    });
    request.addEventListener("error", () => reject(request.error));
    request.addEventListener("success", () => {
      const transaction = request.result.transaction(["outbox", "view"], "readwrite");
      // A view of then, without what conversations and settings say today: nobody reads it.
      transaction
        .objectStore("view")
        .put({ me: { id: senderId, settings: {} }, cursor: "old", horizon: "", conversations: [{}] }, "last");
      const one = { clientId: "before", senderId, ownerId: "gone", target: { personId }, text: "from before" };
      transaction.objectStore("outbox").put({ ...one, attachments: [], createdAtMs: 1 }, "before");
      transaction.addEventListener("complete", () => {
        request.result.close();
        resolve();
      });
    });
  });
}

/** All that the device keeps in this database: what waits, changes, logs and the view. */
export function stored(page: Page, database: string): Promise<string> {
  return page.evaluate(async (name) => {
    const answerOf = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.addEventListener("error", () => reject(request.error));
        request.addEventListener("success", () => resolve(request.result));
      });
    const opened = await answerOf(indexedDB.open(name));
    const names = ["outbox", "changes", "logs", "view"];
    const transaction = opened.transaction(names);
    const all = await Promise.all(names.map((one) => answerOf(transaction.objectStore(one).getAll())));
    opened.close();
    return JSON.stringify(all);
  }, database);
}

/** Runs in the page. */
export function countOutbox(name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.addEventListener("error", () => reject(request.error));
    request.addEventListener("success", () => {
      const counted = request.result.transaction("outbox").objectStore("outbox").count();
      counted.addEventListener("success", () => {
        request.result.close();
        resolve(counted.result);
      });
    });
  });
}
