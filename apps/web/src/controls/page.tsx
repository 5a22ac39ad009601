import ArrowLeft from "lucide-react/icons/arrow-left";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { IconButton } from "./icon-button.tsx";
import { useText } from "../text/intl.tsx";

interface Props {
  title: string;
  /** Where "back" leads; a page that was opened by its address has a way up as well. */
  back: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A screen with a title, a way back, and one column. */
export function Page({ title, back, actions, children }: Props) {
  const t = useText();
  const [, navigate] = useLocation();
  return (
    <div className="flex h-full min-w-0 flex-col bg-paper">
      <header className="flex h-16 shrink-0 items-center gap-1 border-b border-line px-1 md:px-3">
        <IconButton icon={ArrowLeft} label={t("action.back")} onClick={() => navigate(back)} />
        <h1 className="min-w-0 flex-1 truncate px-1 text-16 font-semibold">{title}</h1>
        {actions}
      </header>
      <div
        tabIndex={0}
        role="region"
        aria-label={title}
        className="scroll-quiet min-h-0 flex-1 overflow-y-auto px-4 pt-6 pb-[max(2rem,env(safe-area-inset-bottom))] outline-offset-[-2px] md:px-8"
      >
        <div className="mx-auto w-full max-w-[34rem]">{children}</div>
      </div>
    </div>
  );
}
