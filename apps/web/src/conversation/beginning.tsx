import type { PersonBrief, Relation } from "@sotto/protocol/types.ts";
import LockOpen from "lucide-react/icons/lock-open";
import { Link } from "wouter";
import { Avatar } from "../controls/avatar.tsx";
import { relationText } from "../people/relation-text.ts";
import { useText } from "../text/intl.tsx";

interface Props {
  person: PersonBrief;
  relation: Relation | undefined;
  /** Of a group. */
  memberCount: number | undefined;
}

/** Where a conversation starts: with whom, and what privacy it has (C23), said once and calmly. */
export function Beginning({ person, relation, memberCount }: Props) {
  const t = useText();
  return (
    <div className="grid shrink-0 justify-items-center gap-1 pt-8 pb-4 text-center">
      <Avatar person={person} sizePixels={72} />
      <p className="mt-2 text-16 font-semibold">{person.name}</p>
      <p className="text-14 text-ink-2">
        {memberCount === undefined
          ? person.deleted !== true && relationText(t, person.username, relation)
          : t("group.people", { count: memberCount })}
      </p>
      {memberCount === undefined && person.deleted !== true && (
        <Link
          href={`/people/${person.username}`}
          className="mt-2 inline-grid min-h-11 place-items-center rounded-full bg-theirs px-5 text-14 font-semibold hover:bg-line"
        >
          {t("people.viewProfile")}
        </Link>
      )}
      <p className="mt-4 flex max-w-[26rem] items-start gap-2 rounded-card bg-sunk px-4 py-3 text-start text-12 text-ink-2">
        <LockOpen size={16} strokeWidth={1.75} className="mt-px shrink-0" aria-hidden />
        {t("conversation.notEncrypted")}
      </p>
    </div>
  );
}
