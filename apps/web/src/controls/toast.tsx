import { useEffect, useSyncExternalStore } from "react";

/** One short line about what just happened; read aloud, gone by itself. */
let shown: { text: string; id: number } = { text: "", id: 0 };
const listeners = new Set<() => void>();
const shownForMs = 4_000;

export function toast(text: string): void {
  shown = { text, id: shown.id + 1 };
  for (const listener of listeners) listener();
}

export function Toasts() {
  const { text, id } = useSyncExternalStore(subscribe, () => shown);
  useEffect(() => {
    if (text === "") return;
    const timer = setTimeout(() => toast(""), shownForMs);
    return () => clearTimeout(timer);
  }, [text, id]);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-24 z-20 grid place-items-center px-4">
      {text !== "" && (
        <p
          key={id}
          className="max-w-md rounded-full bg-ink px-5 py-3 text-14 font-medium text-paper shadow-float enter-rise"
        >
          {text}
        </p>
      )}
    </div>
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
