import type { PersonBrief } from "@sotto/protocol/types.ts";
import type { ComponentProps } from "react";
import { useProfile } from "../people/use-profile.ts";
import { useText } from "../text/intl.tsx";
import { MessageRow } from "./message-row.tsx";

interface Props extends Pick<ComponentProps<typeof MessageRow>, "item" | "onOpenPhoto" | "onUnsend"> {
  members: ReadonlyMap<string, PersonBrief>;
}

/** What somebody else wrote in a group. Who left since, or is beyond the members that are listed, is asked for by id. */
export function GroupMessageRow({ members, ...row }: Props) {
  const t = useText();
  const { senderId } = row.item.message;
  const member = members.get(senderId);
  const profile = useProfile(member === undefined ? senderId : undefined);
  const sender = member ?? profile ?? { id: senderId, username: "", name: t("group.somebody"), picture: null };
  return <MessageRow {...row} senderName={sender.name} sender={sender} />;
}
