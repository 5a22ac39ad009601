import type { PersonBrief, Relation } from "@sotto/protocol/types.ts";
import UserCheck from "lucide-react/icons/user-check";
import UserPlus from "lucide-react/icons/user-plus";
import { useState } from "react";
import { Button } from "../controls/button.tsx";
import { Confirm } from "../controls/confirm.tsx";
import { toast } from "../controls/toast.tsx";
import { errorText } from "../session/problem.ts";
import { useSotto } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { keepRelation } from "./use-profile.ts";

interface Props {
  person: PersonBrief & { relation: Relation };
  className?: string;
  onChanged?: (relation: Relation) => void;
}

/** Follow, Follow back, Following or Friends. Ending a friendship asks first: it may close the conversation. */
export function FollowButton({ person, className, onChanged }: Props) {
  const t = useText();
  const sotto = useSotto();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const { relation, id: personId, name } = person;
  if (relation.blocked) return null;

  const change = async (command: "follows.follow" | "follows.unfollow") => {
    const next = await sotto.call(command, { personId });
    keepRelation(sotto, personId, next);
    onChanged?.(next);
  };
  const follow = async () => {
    setBusy(true);
    try {
      await change("follows.follow");
    } catch (error) {
      toast(errorText(t, error));
    }
    setBusy(false);
  };

  if (!relation.following) {
    return (
      <Button look="main" icon={UserPlus} busy={busy} className={className ?? ""} onClick={() => void follow()}>
        {t(relation.followedBy ? "people.followBack" : "people.follow")}
      </Button>
    );
  }
  return (
    <>
      <Button icon={UserCheck} className={className ?? ""} onClick={() => setAsking(true)}>
        {t(relation.friends ? "relation.friends" : "relation.following")}
      </Button>
      {asking && (
        <Confirm
          title={t("unfollow.title", { name })}
          body={t(relation.friends ? "unfollow.friendsBody" : "unfollow.body", { name })}
          action={t("people.unfollow")}
          onClose={() => setAsking(false)}
          onConfirm={() => change("follows.unfollow")}
        />
      )}
    </>
  );
}
