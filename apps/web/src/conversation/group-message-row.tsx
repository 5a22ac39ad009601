import { useProfile } from "../people/use-profile.ts";
import { useText } from "../text/intl.tsx";
import { nameOfPerson } from "./counterpart.ts";
import { MessageRow, type MessageRowProps } from "./message-row.tsx";
import { useSenders } from "./use-senders.ts";

/** What somebody else wrote in a group. Who left since, or is beyond the members that are listed, is asked for by id. */
export function GroupMessageRow(row: Omit<MessageRowProps, "senderName" | "sender">) {
  const t = useText();
  const { person } = useSenders();
  const { senderId } = row.item.message;
  const member = person(senderId);
  const profile = useProfile(member === undefined ? senderId : undefined);
  const sender = member ?? profile ?? { id: senderId, username: "", name: t("group.somebody"), picture: null };
  return <MessageRow {...row} senderName={nameOfPerson(t, sender)} sender={sender} />;
}
