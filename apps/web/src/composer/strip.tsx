import type { LucideIcon } from "lucide-react";
import X from "lucide-react/icons/x";
import type { ReactNode } from "react";
import { IconButton } from "../controls/icon-button.tsx";
import { useText } from "../text/intl.tsx";

interface Props {
  icon: LucideIcon;
  title: string;
  text: string;
  before?: ReactNode;
  onCancel: () => void;
}

/** Above the box: what is answered, or edited. Escape takes it away as well. */
export function Strip({ icon: Icon, title, text, before, onCancel }: Props) {
  const t = useText();
  return (
    <div className="flex min-w-0 items-center gap-3 border-s-[3px] border-accent ps-3 enter-fade">
      <Icon size={18} strokeWidth={1.75} className="shrink-0 text-accent-text" aria-hidden />
      {before}
      <p className="min-w-0 flex-1">
        <span className="block truncate text-12 font-semibold text-accent-text">{title}</span>
        <span className="block truncate text-14 text-ink-2" dir="auto">
          {text}
        </span>
      </p>
      <IconButton icon={X} label={t("composer.cancel")} onClick={onCancel} />
    </div>
  );
}
