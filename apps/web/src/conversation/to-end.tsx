import ArrowDown from "lucide-react/icons/arrow-down";
import { unreadText } from "../inbox/summary.ts";
import { useText } from "../text/intl.tsx";

/** To the newest message; with how many came that were not seen. */
export function ToEnd({ count, onPress }: { count: number; onPress: () => void }) {
  const t = useText();
  const label = count > 0 ? t("conversation.toNew", { count: unreadText(count) }) : t("conversation.toEnd");
  return (
    <button
      type="button"
      onClick={onPress}
      aria-label={label}
      title={label}
      className="absolute end-4 bottom-3 grid size-11 place-items-center rounded-full border border-line bg-raised text-ink shadow-float enter-rise hover:bg-sunk"
    >
      <ArrowDown size={20} strokeWidth={1.75} aria-hidden />
      {count > 0 && (
        <span
          aria-hidden
          className="absolute -top-2 grid h-5 min-w-5 place-items-center rounded-full bg-accent px-1.5 text-12 font-semibold text-accent-ink tabular"
        >
          {unreadText(count)}
        </span>
      )}
    </button>
  );
}
