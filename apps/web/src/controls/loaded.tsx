import type { ReactNode } from "react";
import type { Load } from "../session/use-load.ts";
import { useText } from "../text/intl.tsx";
import { Button } from "./button.tsx";
import { Spinner } from "./spinner.tsx";

/** What was asked for, or that it is on its way, or why it did not come and a way to ask again. */
export function Loaded<T>({ load, children }: { load: Load<T>; children: (value: T) => ReactNode }) {
  const t = useText();
  const { state } = load;
  switch (state.is) {
    case "loading":
      return (
        <div className="grid min-h-32 place-items-center text-ink-2">
          <Spinner size={24} />
          <span className="sr-only">{t("state.loading")}</span>
        </div>
      );
    case "failed":
      return (
        <div role="alert" className="grid min-h-32 place-content-center justify-items-center gap-3 text-center">
          <p className="text-14 text-ink-2">{state.text}</p>
          <Button onClick={load.again}>{t("action.retry")}</Button>
        </div>
      );
    case "loaded":
      return children(state.value);
    default:
      return state satisfies never;
  }
}
