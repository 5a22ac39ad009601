import type { ReactNode } from "react";

/** A part of a page with its name, a sentence, and what one does there. */
export function Section({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="grid gap-4 border-line pt-8 not-first:border-t first:pt-0">
      <div className="grid gap-1">
        <h2 className="text-16 font-semibold">{title}</h2>
        <p className="text-14 text-ink-2">{lead}</p>
      </div>
      {children}
    </section>
  );
}
