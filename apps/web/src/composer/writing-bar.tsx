import type { PersonBrief } from "@sotto/protocol/types.ts";
import type { LucideIcon } from "lucide-react";
import { useRef, type ClipboardEvent, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { IconButton } from "../controls/icon-button.tsx";
import { EmojiButton } from "./emoji-button.tsx";
import { LengthNote } from "./length-note.tsx";
import { SuggestionList } from "./suggestion-list.tsx";
import { TextBox } from "./text-box.tsx";
import { lengthOf } from "./text-length.ts";
import { useSuggestions } from "./use-suggestions.ts";

interface Props {
  label: string;
  text: string;
  /** Whether there is something to send; too long is known here. */
  sendable: boolean;
  action: { icon: LucideIcon; label: string };
  /** Who can be named with an @. */
  people: readonly PersonBrief[];
  focus: "keyboard" | "always";
  /** Above the box, and before it. */
  above?: ReactNode;
  before?: ReactNode;
  onWrite: (text: string) => void;
  onSend: () => void;
  onPaste?: (event: ClipboardEvent) => void;
  /** True: the key is used up. */
  onKey?: (event: KeyboardEvent) => boolean;
  box?: RefObject<HTMLTextAreaElement | null>;
}

/** The box with all that helps to write: emoji, mentions, shortcodes, the counter. What happens to the text is its user's. */
export function WritingBar({ label, text, action, people, focus, above, before, onWrite, onPaste, ...rest }: Props) {
  const own = useRef<HTMLTextAreaElement>(null);
  const box = rest.box ?? own;
  const suggesting = useSuggestions({ box, people });
  const length = lengthOf(text);
  const sendable = rest.sendable && !length.tooLong;
  const send = () => {
    if (sendable) rest.onSend();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="relative grid shrink-0 grid-cols-[minmax(0,1fr)] gap-2 px-2 pt-2 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-5"
    >
      {above}
      <LengthNote length={length} />
      <SuggestionList suggesting={suggesting} />
      <div className="flex items-end gap-2">
        {before}
        <TextBox
          box={box}
          label={label}
          value={text}
          onChange={onWrite}
          onSubmit={send}
          onPaste={onPaste}
          onCaret={suggesting.onCaret}
          onKey={(event) => suggesting.onKey(event) || (rest.onKey?.(event) ?? false)}
          focus={focus}
          aria={suggesting.aria}
          end={<EmojiButton box={box} />}
        />
        <IconButton icon={action.icon} look="accent" type="submit" label={action.label} disabled={!sendable} />
      </div>
    </form>
  );
}
