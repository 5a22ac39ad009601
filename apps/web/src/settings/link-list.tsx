import type { LucideIcon } from "lucide-react";
import ChevronRight from "lucide-react/icons/chevron-right";
import { Link } from "wouter";

export interface LinkRow {
  href: string;
  icon: LucideIcon;
  label: string;
  /** What is chosen there now. */
  value?: string;
}

export function LinkList({ rows }: { rows: readonly LinkRow[] }) {
  return (
    <ul className="overflow-hidden rounded-card border border-line bg-raised">
      {rows.map(({ href, icon: Icon, label, value }) => (
        <li key={href} className="border-line not-first:border-t">
          <Link href={href} className="flex min-h-14 items-center gap-4 px-4 outline-offset-[-2px] hover:bg-sunk">
            <Icon size={20} strokeWidth={1.75} className="shrink-0 text-ink-2" aria-hidden />
            <span className="min-w-0 flex-1 text-14 font-medium">{label}</span>
            {value !== undefined && <span className="text-14 text-ink-2">{value}</span>}
            <ChevronRight size={18} strokeWidth={1.75} className="shrink-0 text-ink-3" aria-hidden />
          </Link>
        </li>
      ))}
    </ul>
  );
}
