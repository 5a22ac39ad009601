import CloudOff from "lucide-react/icons/cloud-off";
import RefreshCw from "lucide-react/icons/refresh-cw";
import { useEffect, useState } from "react";
import { useSotto, useStore } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { reloadIntoNewest } from "./app-update.ts";

/** A short gap is nobody's business: the bar waits this long before it says anything. */
const patienceMs = 1_500;

export function ConnectionBar() {
  const t = useText();
  const connection = useStore(useSotto().connection);
  const away = connection.is === "offline" || connection.is === "connecting";
  const shown = useForMs(away, patienceMs);
  if (connection.is === "version_unsupported") {
    return (
      <div
        role="alert"
        className="flex shrink-0 items-center justify-center gap-3 bg-warn-soft px-4 py-1 text-14 text-warn"
      >
        <RefreshCw size={16} strokeWidth={2} aria-hidden />
        {t("connection.outdated")}
        <button
          type="button"
          onClick={() => void reloadIntoNewest()}
          className="min-h-11 px-2 font-semibold underline underline-offset-2"
        >
          {t("connection.reload")}
        </button>
      </div>
    );
  }
  return (
    <div role="status">
      {shown && (
        <p className="flex min-h-10 shrink-0 items-center justify-center gap-2 bg-warn-soft px-4 py-2 text-14 font-medium text-warn">
          <CloudOff size={16} strokeWidth={2} className="shrink-0" aria-hidden />
          {t("connection.offline")}
        </p>
      )}
    </div>
  );
}

function useForMs(on: boolean, waitMs: number): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (!on) {
      setHeld(false);
      return;
    }
    const timer = setTimeout(() => setHeld(true), waitMs);
    return () => clearTimeout(timer);
  }, [on, waitMs]);
  return held && on;
}
