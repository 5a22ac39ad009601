import type { PersonBrief } from "@sotto/protocol/types.ts";
import ArrowUp from "lucide-react/icons/arrow-up";
import { useState, type ClipboardEvent } from "react";
import { IconButton } from "../controls/icon-button.tsx";
import { useText } from "../text/intl.tsx";
import { AttachMenu } from "./attach-menu.tsx";
import { keepDraft, readDraft } from "./drafts.ts";
import { LengthNote } from "./length-note.tsx";
import { filesOf } from "./pickable.ts";
import { TextBox } from "./text-box.tsx";
import { lengthOf } from "./text-length.ts";

interface Props {
  draftKey: string;
  recipient: PersonBrief;
  /** To a group, whose name is a list. */
  group: boolean;
  as: "message" | "request" | "acceptance";
  mayAttach: boolean;
  pick: (files: File[]) => void;
  onSend: (text: string) => void;
}

export function Composer({ draftKey, recipient, group, as, mayAttach, pick, onSend }: Props) {
  const t = useText();
  const [text, setText] = useState(() => readDraft(draftKey));
  const length = lengthOf(text);
  const sendable = text.trim() !== "" && !length.tooLong;

  const write = (next: string) => {
    setText(next);
    keepDraft(draftKey, next);
  };
  const send = () => {
    if (!sendable) return;
    onSend(text.trim());
    write("");
  };
  const paste = (event: ClipboardEvent) => {
    const files = filesOf(event.clipboardData);
    if (files.length === 0 || !mayAttach) return;
    event.preventDefault();
    pick(files);
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="grid shrink-0 gap-2 px-2 pt-2 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-5"
    >
      {as === "request" && (
        <p className="px-3 text-12 text-balance text-ink-2">{t("composer.request", { name: recipient.name })}</p>
      )}
      <LengthNote length={length} />
      <div className="flex items-end gap-2">
        {mayAttach && <AttachMenu onFiles={pick} />}
        <TextBox
          label={group ? t("composer.placeholderGroup") : t("composer.placeholder", { name: recipient.name })}
          value={text}
          onChange={write}
          onSubmit={send}
          onPaste={paste}
          ready
        />
        <IconButton
          icon={ArrowUp}
          look="accent"
          type="submit"
          label={t(as === "request" ? "composer.sendRequest" : "composer.send")}
          disabled={!sendable}
        />
      </div>
    </form>
  );
}
