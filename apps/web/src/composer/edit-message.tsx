import type { ConversationHandle } from "@sotto/sdk/interface.ts";
import type { Message, PersonBrief } from "@sotto/protocol/types.ts";
import Check from "lucide-react/icons/check";
import Pencil from "lucide-react/icons/pencil";
import { useState, type KeyboardEvent } from "react";
import { useText } from "../text/intl.tsx";
import { stopComposing } from "./composing.ts";
import { mentionedIn } from "./mention-candidates.ts";
import { Strip } from "./strip.tsx";
import { WritingBar } from "./writing-bar.tsx";

interface Props {
  message: Message;
  handle: ConversationHandle;
  people: readonly PersonBrief[];
}

/** Other words for a message of mine (R17). What was being written is kept, and comes back. */
export function EditMessage({ message, handle, people }: Props) {
  const t = useText();
  const [text, setText] = useState(message.text);
  const stop = () => stopComposing(message.conversationId);
  const save = () => {
    const next = text.trim();
    stop();
    if (next === message.text) return;
    // Refused, the old words are back; it is said why, and the new ones are offered.
    handle.edit(message.id, next, { mentionIds: mentionedIn(next, people) }).catch(() => {});
  };
  const onKey = ({ key }: KeyboardEvent) => {
    if (key === "Escape") stop();
    return key === "Escape";
  };
  return (
    <WritingBar
      label={t("composer.edit")}
      text={text}
      sendable={text.trim() !== "" || message.media.length > 0}
      action={{ icon: Check, label: t("composer.saveEdit") }}
      people={people}
      focus="always"
      above={<Strip icon={Pencil} title={t("composer.editing")} text={message.text} onCancel={stop} />}
      onWrite={setText}
      onSend={save}
      onKey={onKey}
    />
  );
}
