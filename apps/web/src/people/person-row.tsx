import type { PersonBrief, Relation } from "@sotto/protocol/types.ts";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { Avatar } from "../controls/avatar.tsx";
import { useText } from "../text/intl.tsx";
import { relationText } from "./relation-text.ts";

interface Props {
  person: PersonBrief & { relation?: Relation };
  href?: string;
  children?: ReactNode;
}

export function PersonRow({ person, href = `/people/${person.username}`, children }: Props) {
  const t = useText();
  return (
    <div className="flex items-center gap-2 pe-1">
      <Link
        href={href}
        data-row
        className="flex min-h-16 min-w-0 flex-1 items-center gap-3 rounded-card px-3 outline-offset-[-2px] hover:bg-sunk"
      >
        <Avatar person={person} sizePixels={48} />
        <span className="min-w-0">
          <span className="block truncate text-14 font-semibold">{person.name}</span>
          <span className="block truncate text-12 text-ink-2">{relationText(t, person.username, person.relation)}</span>
        </span>
      </Link>
      {children}
    </div>
  );
}
