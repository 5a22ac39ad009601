import type { PersonBrief } from "@sotto/protocol/types.ts";
import { Link } from "wouter";
import { Avatar } from "../controls/avatar.tsx";
import { classes } from "../controls/classes.ts";
import { relationWord } from "../people/relation-text.ts";
import { useProfile } from "../people/use-profile.ts";
import { useMe } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { nameOfPerson } from "./counterpart.ts";
import { atName } from "../text/direction.ts";

/** A profile, shared in a message (C14): who it is, where we stand, and the way there. */
export function ProfileCard({ person, mine }: { person: PersonBrief; mine: boolean }) {
  const t = useText();
  const me = useMe();
  const deleted = person.deleted === true;
  const isMe = person.id === me.id;
  const profile = useProfile(deleted || isMe ? undefined : person.id);
  const name = nameOfPerson(t, person);
  const relation = profile === undefined ? "" : relationWord(t, profile.relation);
  const inside = (
    <>
      <Avatar person={{ ...person, name }} sizePixels={48} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-14 font-semibold">{name}</span>
        {!deleted && (
          <span className="block truncate text-12">
            {atName(person.username)}
            {relation !== "" && ` · ${relation}`}
          </span>
        )}
        {!deleted && <span className="mt-0.5 block text-12 font-semibold">{t("people.viewProfile")}</span>}
      </span>
    </>
  );
  const look = classes(
    "m-1.5 flex w-64 max-w-[calc(100%-0.75rem)] items-center gap-3 rounded-card p-2.5",
    mine ? "bg-black/10" : "bg-raised",
  );
  if (deleted) return <div className={look}>{inside}</div>;
  return (
    <Link href={`/people/${person.username}`} className={classes(look, "outline-offset-[-2px] hover:opacity-90")}>
      {inside}
    </Link>
  );
}
