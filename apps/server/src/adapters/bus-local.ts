import type { Bus, Hint } from "../ports/bus.ts";

/** The bus of a single process: a hint is a call. Nobody else is there, so nothing can be missed. */
export function localBus(): Bus {
  const listeners = new Set<(hint: Hint) => void>();
  const gapListeners = new Set<() => void>();
  return {
    publish(hint) {
      for (const listener of listeners) listener(hint);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch: () => undefined,
    unwatch() {},
    onGap(listener) {
      gapListeners.add(listener);
      return () => gapListeners.delete(listener);
    },
    announceGap() {
      for (const listener of gapListeners) listener();
    },
    state: () => "here",
    async close() {
      listeners.clear();
    },
  };
}
