import SearchX from "lucide-react/icons/search-x";
import X from "lucide-react/icons/x";
import { IconButton } from "../controls/icon-button.tsx";
import { useText } from "../text/intl.tsx";

/** A link led to a message that is not there for the reader: said plainly, and never why (R8, R10). */
export function JumpNotice({ onClose }: { onClose: () => void }) {
  const t = useText();
  return (
    <div role="alert" className="flex shrink-0 items-center gap-3 bg-warn-soft ps-4 pe-1 text-14 text-warn md:ps-6">
      <SearchX size={18} strokeWidth={1.75} className="shrink-0" aria-hidden />
      <p className="min-w-0 flex-1 py-2">{t("message.notHere")}</p>
      <IconButton icon={X} look="inherit" label={t("action.close")} onClick={onClose} />
    </div>
  );
}
