import type { ReactNode } from "react";
import { Bubble } from "../conversation/bubble.tsx";
import { useText } from "../text/intl.tsx";

/** The door: what Sotto is, said in its own bubbles, and the form. */
export function Front({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <div className="grid h-full md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <Promise />
      <main className="scroll-quiet overflow-y-auto px-6 py-10 md:grid md:place-content-center">
        <div className="mx-auto w-full max-w-[24rem] md:w-[24rem]">
          <img src="/mark.svg" alt="" width={48} height={48} className="mb-8 md:hidden" />
          <h1 className="text-28 font-semibold text-balance">{title}</h1>
          <p className="mt-2 mb-8 text-14 text-ink-2">{lead}</p>
          {children}
        </div>
      </main>
    </div>
  );
}

function Promise() {
  const t = useText();
  return (
    <aside
      aria-label={t("front.about")}
      className="hidden flex-col justify-between border-e border-line bg-sunk p-12 md:flex"
    >
      <p className="flex items-center gap-3 text-20 font-semibold">
        <img src="/mark.svg" alt="" width={40} height={40} />
        Sotto
      </p>
      <div className="grid max-w-[30rem] gap-1 justify-self-center text-20">
        <Said mine={false} first last={false} text={t("front.first")} />
        <Said mine={false} first={false} last text={t("front.second")} />
        <div className="mt-4 grid justify-items-end gap-1">
          <Said mine first last={false} text={t("front.third")} />
          <Said mine first={false} last text={t("front.fourth")} />
        </div>
      </div>
      <p className="max-w-[30rem] text-12 text-ink-2">{t("front.foot")}</p>
    </aside>
  );
}

interface SaidProps {
  mine: boolean;
  first: boolean;
  last: boolean;
  text: string;
}

function Said({ text, ...place }: SaidProps) {
  return (
    <Bubble {...place} raised>
      <p className="px-5 py-3 text-20">{text}</p>
    </Bubble>
  );
}
