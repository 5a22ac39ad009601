import type { Conversation } from "@sotto/protocol/types.ts";
import Timer from "lucide-react/icons/timer";
import { Suspense, useState, type ReactNode } from "react";
import type { MenuItem } from "../controls/menu.tsx";
import { part } from "../controls/part.tsx";
import { durationText } from "../text/durations.ts";
import { useText } from "../text/intl.tsx";

const DisappearingDialog = part(async () => (await import("./disappearing-dialog.tsx")).DisappearingDialog);

interface Options {
  conversation: Conversation | null;
  refresh: () => Promise<void>;
}

/** C19: the menu's item, and the button that says it while it is on; both lead to the same dialog. */
export function useDisappearing({ conversation, refresh }: Options): {
  items: MenuItem[];
  mark: ReactNode;
  dialog: ReactNode;
} {
  const t = useText();
  const [asking, setAsking] = useState(false);
  if (conversation?.state !== "accepted") return { items: [], mark: null, dialog: null };
  const ask = () => setAsking(true);
  const seconds = conversation.disappearAfterSeconds;
  const label = seconds === null ? "" : t("disappearing.on", { time: durationText(seconds) });
  return {
    items: [{ label: t("disappearing.title"), icon: Timer, onSelect: ask }],
    mark: seconds !== null && (
      <button
        type="button"
        title={label}
        aria-label={label}
        onClick={ask}
        className="flex min-h-11 shrink-0 items-center gap-1.5 rounded-full px-3 text-12 font-medium text-ink-2 hover:bg-sunk"
      >
        <Timer size={18} strokeWidth={1.75} aria-hidden />
        <span className="max-sm:sr-only">{durationText(seconds)}</span>
      </button>
    ),
    dialog: asking && (
      <Suspense>
        <DisappearingDialog conversation={conversation} onClose={() => setAsking(false)} onChanged={refresh} />
      </Suspense>
    ),
  };
}
