import type { Problem } from "@sotto/protocol/errors.ts";
import { refusedChange } from "./change-calls.ts";
import type { RefusedChange } from "./interface.ts";
import { createState } from "./state.ts";
import type { Storage, StoredChange } from "./store/storage.ts";

const refusedMost = 50;

/** Changes that the server refused, until they are dismissed: kept on the device, so that no reload loses the words of an edit (C17). */
export class Refusals {
  readonly state = createState<readonly RefusedChange[]>([]);
  private readonly storage: Storage;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  add(stored: StoredChange, problem: Problem): void {
    const before = this.state.get();
    if (before.some((one) => one.id === stored.id)) return;
    void this.storage.changes.put(stored.id, { ...stored, problem });
    this.state.set([...before, refusedChange(stored, problem)]);
    for (const { id } of this.state.get().slice(0, -refusedMost)) this.dismiss(id);
  }

  dismiss(id: string): void {
    void this.storage.changes.remove(id);
    this.state.set(this.state.get().filter((one) => one.id !== id));
  }
}
