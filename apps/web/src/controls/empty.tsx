import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface Props {
  icon: LucideIcon;
  title: string;
  body: string;
  children?: ReactNode;
}

/** An empty place says what it is for and what to do next. */
export function Empty({ icon: Icon, title, body, children }: Props) {
  return (
    <div className="grid h-full place-content-center justify-items-center gap-2 p-8 text-center">
      <span className="mb-2 grid size-14 place-items-center rounded-full bg-accent-soft text-accent-text">
        <Icon size={24} strokeWidth={1.75} aria-hidden />
      </span>
      <h2 className="text-16 font-semibold">{title}</h2>
      <p className="max-w-[22rem] text-14 text-balance text-ink-2">{body}</p>
      {children !== undefined && <div className="mt-4 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}
