import type { Relation } from "@sotto/protocol/types.ts";
import type { Translate } from "../text/intl.tsx";
import { atName } from "../text/direction.ts";

/** `Friends · @ines`, as it stands under a name. */
export function relationText(t: Translate, username: string, relation: Relation | undefined): string {
  const word = relation === undefined ? "" : relationWord(t, relation);
  return word === "" ? atName(username) : `${word} · ${atName(username)}`;
}

export function relationWord(t: Translate, relation: Relation): string {
  if (relation.blocked) return t("relation.blocked");
  if (relation.friends) return t("relation.friends");
  if (relation.following) return t("relation.following");
  return relation.followedBy ? t("relation.followsYou") : "";
}
