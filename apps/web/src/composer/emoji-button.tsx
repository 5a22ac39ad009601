import Smile from "lucide-react/icons/smile";
import { useId, useLayoutEffect, useRef, useState, type RefObject, type ToggleEvent } from "react";
import { placeBeside } from "../controls/place-beside.ts";
import { EmojiPicker } from "../emoji/emoji-picker.tsx";
import { useText } from "../text/intl.tsx";
import { putText } from "./put-text.ts";

/** Inside the box, at its end. Several may be picked; Escape and a press elsewhere close, and one writes on. */
export function EmojiButton({ box }: { box: RefObject<HTMLTextAreaElement | null> }) {
  const t = useText();
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  const onToggle = ({ newState }: ToggleEvent<HTMLDivElement>) => {
    setOpen(newState === "open");
    // After the browser has given the focus back to the button.
    if (newState === "closed") requestAnimationFrame(() => focusIfLost(box.current));
  };
  useLayoutEffect(() => {
    if (open && panel.current !== null && button.current !== null)
      placeBeside({ menu: panel.current, anchor: button.current, side: "above" });
  }, [open]);
  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-label={t("emoji.add")}
        aria-haspopup="dialog"
        aria-expanded={open}
        title={t("emoji.add")}
        className="-m-px grid size-11 shrink-0 place-items-center rounded-full text-ink-2 hover:text-ink"
      >
        <Smile size={20} strokeWidth={1.75} aria-hidden />
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={t("emoji.title")}
        onToggle={onToggle}
        className="fixed rounded-card border border-line bg-raised text-ink shadow-float open:enter-rise"
      >
        {open && <EmojiPicker onPick={(emoji) => box.current !== null && putText(box.current, emoji)} />}
      </div>
    </>
  );
}

/** Closed by a press on something else, the focus is there. */
function focusIfLost(box: HTMLTextAreaElement | null): void {
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body || activeElement.matches("[popovertarget]"))
    box?.focus({ preventScroll: true });
}
