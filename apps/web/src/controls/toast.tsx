import { useEffect, useSyncExternalStore } from "react";

interface ToastAction {
  label: string;
  onPress: () => void;
}

interface Shown {
  text: string;
  id: number;
  action?: ToastAction | undefined;
}

/** One short line about what just happened; read aloud, gone by itself. */
let shown: Shown = { text: "", id: 0 };
const listeners = new Set<() => void>();
export const toastForMs = 4_000;
/** Long enough to read it, decide and reach it. */
export const toastWithActionForMs = 6_000;

/** Answers how to take this line away, and no other. */
export function toast(text: string, action?: ToastAction): () => void {
  const id = shown.id + 1;
  shown = { text, id, action };
  for (const listener of listeners) listener();
  return () => {
    if (shown.id === id) toast("");
  };
}

export function Toasts() {
  const { text, id, action } = useSyncExternalStore(subscribe, () => shown);
  useEffect(() => {
    if (text === "") return;
    const timer = setTimeout(() => toast(""), action === undefined ? toastForMs : toastWithActionForMs);
    return () => clearTimeout(timer);
  }, [text, id, action]);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-24 z-20 grid place-items-center px-4">
      {text !== "" && (
        <p
          key={id}
          className="flex max-w-md items-center gap-2 rounded-full bg-ink px-5 py-3 text-14 font-medium text-paper shadow-float enter-rise"
        >
          {text}
          {action !== undefined && (
            <button
              type="button"
              onClick={() => {
                action.onPress();
                toast("");
              }}
              className="pointer-events-auto -my-3 -me-3 min-h-11 rounded-full px-3 font-semibold underline underline-offset-2 outline-offset-[-4px]"
            >
              {action.label}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
