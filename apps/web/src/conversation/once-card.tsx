import type { Message } from "@sotto/protocol/types.ts";
import CircleDashed from "lucide-react/icons/circle-dashed";
import CircleDot from "lucide-react/icons/circle-dot";
import { useText } from "../text/intl.tsx";
import { useRowActions } from "./row-actions.ts";

/** View once (C19): what it holds is nowhere in here; opening it is asked of the server, once. */
export function OnceCard({ message, mine }: { message: Message; mine: boolean }) {
  const t = useText();
  const { openOnce } = useRowActions();
  const { viewOnce } = message;
  if (viewOnce === undefined) return null;
  const kind = t(viewOnce.kind === "photo" ? "once.photo" : "once.text");
  if (viewOnce.mayOpen)
    return (
      <button
        type="button"
        onClick={() => openOnce(message)}
        className="flex min-h-11 items-center gap-2.5 px-3.5 py-2.5 text-start text-14 font-semibold outline-offset-[-2px]"
      >
        <CircleDot size={20} strokeWidth={2} className={mine ? "" : "text-accent-text"} aria-hidden />
        {t("once.open", { kind })}
      </button>
    );
  const note = mine
    ? viewOnce.openedBy.length > 0
      ? t("once.seen", { count: viewOnce.openedBy.length })
      : t("once.unseen")
    : t("message.opened");
  return (
    <p className="flex items-center gap-2.5 px-3.5 py-2.5 text-14 italic">
      <CircleDashed size={20} strokeWidth={2} aria-hidden />
      <span>
        {kind} · {note}
      </span>
    </p>
  );
}
