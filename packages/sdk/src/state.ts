import type { Store } from "./interface.ts";

/** A value that tells its listeners when it was replaced. `set` with the same object tells nobody. */
export interface State<T> extends Store<T> {
  set(value: T): void;
}

export function createState<T>(initial: T): State<T> {
  let current = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set(value) {
      if (Object.is(value, current)) return;
      current = value;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
