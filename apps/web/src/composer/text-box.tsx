import { useLayoutEffect, useRef, type ClipboardEvent, type KeyboardEvent } from "react";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onSubmit: () => void;
  onPaste?: (event: ClipboardEvent) => void;
  /** Ready to be written into where there is a real keyboard; on a screen one it would cover what one came to see. */
  ready?: boolean;
}

const mostPixels = 168;
/** On a screen keyboard Enter breaks the line, as everywhere on phones; there is a button to send. */
const touch = matchMedia("(pointer: coarse)");

/** Grows with its text. Enter sends, Shift+Enter breaks; an Enter that ends the composing of a character does neither. */
export function TextBox({ label, value, onChange, onSubmit, onPaste, ready = false }: Props) {
  const box = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    const fit = () => {
      const element = box.current;
      if (element === null) return;
      element.style.height = "auto";
      element.style.height = `${Math.min(element.scrollHeight, mostPixels)}px`;
    };
    fit();
    addEventListener("resize", fit);
    return () => removeEventListener("resize", fit);
  }, [value, label]);

  useLayoutEffect(() => {
    if (ready && !touch.matches) box.current?.focus({ preventScroll: true });
  }, [ready]);

  const onKeyDown = (event: KeyboardEvent) => {
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing || touch.matches) return;
    event.preventDefault();
    onSubmit();
  };

  return (
    <textarea
      ref={box}
      rows={1}
      data-first={ready && !touch.matches ? "" : undefined}
      dir="auto"
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
      enterKeyHint={touch.matches ? "enter" : "send"}
      className="scroll-quiet min-h-11 min-w-0 flex-1 resize-none rounded-[22px] border border-line bg-raised px-4 py-2.5 text-16 outline-none focus-visible:border-ink-3 md:text-14 md:leading-[1.375rem]"
    />
  );
}
