import {
  useEffect,
  useLayoutEffect,
  useRef,
  type AriaAttributes,
  type ClipboardEvent,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from "react";
import { useMe } from "../session/session.tsx";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onSubmit: () => void;
  onPaste?: ((event: ClipboardEvent) => void) | undefined;
  /** Asked before Enter means anything; true: the key is used up. Never asked while a character is being composed. */
  onKey?: (event: KeyboardEvent<HTMLTextAreaElement>) => boolean;
  /** What stands before the caret, whenever it moves; null while a range is chosen. */
  onCaret?: (before: string | null) => void;
  /** `keyboard`: ready to be written into where there is a real keyboard; on a screen one it would cover what one came to see. */
  focus?: "no" | "keyboard" | "always";
  box?: RefObject<HTMLTextAreaElement | null>;
  /** A button inside, at its end. */
  end?: ReactNode;
  aria?: AriaAttributes;
}

const mostPixels = 168;
/** On a screen keyboard Enter breaks the line, as everywhere on phones; there is a button to send. */
const touch = matchMedia("(pointer: coarse)");

/** Grows with its text. Enter sends or breaks, as one has chosen; an Enter that ends the composing of a character does neither. */
export function TextBox(props: Props) {
  const { label, value, onChange, onSubmit, onPaste, onKey, onCaret, focus = "no", end, aria } = props;
  const { enterSends } = useMe().settings;
  const own = useRef<HTMLTextAreaElement>(null);
  const box = props.box ?? own;
  const focused = focus === "always" || (focus === "keyboard" && !touch.matches);

  useLayoutEffect(() => fit(box.current), [box, value, label]);
  useEffect(() => fitAtEveryWidth(box.current), [box]);
  useLayoutEffect(() => {
    if (focused) focusAtEnd(box.current);
  }, [focused, box]);

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // 229: Safari says so of the Enter that ends a composition, when it is over already.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (onKey?.(event) === true) return event.preventDefault();
    if (event.key !== "Enter" || touch.matches || event.shiftKey === enterSends) return;
    event.preventDefault();
    onSubmit();
  };
  const tellCaret = ({ selectionStart, selectionEnd, value: text }: HTMLTextAreaElement) =>
    onCaret?.(selectionStart === selectionEnd ? text.slice(0, selectionStart) : null);

  return (
    <div className="flex min-w-0 flex-1 items-end rounded-[22px] border border-line bg-raised focus-within:border-ink-3">
      <textarea
        ref={box}
        rows={1}
        data-first={focused ? "" : undefined}
        // Empty, it runs as the page does: what it says in grey is the page's.
        dir={value === "" ? undefined : "auto"}
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
          tellCaret(event.target);
        }}
        onSelect={(event) => tellCaret(event.currentTarget)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        enterKeyHint={touch.matches || !enterSends ? "enter" : "send"}
        className="scroll-quiet block min-h-[2.625rem] min-w-0 flex-1 resize-none bg-transparent px-4 py-2.5 text-16 outline-none placeholder:truncate md:text-14 md:leading-[1.375rem]"
        {...aria}
      />
      {end}
    </div>
  );
}

function fit(element: HTMLTextAreaElement | null): void {
  if (element === null) return;
  element.style.height = "auto";
  element.style.height = `${Math.min(element.scrollHeight, mostPixels)}px`;
}

/** Another width breaks the lines elsewhere: a window, a panel beside it, a turned phone. */
function fitAtEveryWidth(element: HTMLTextAreaElement | null): (() => void) | undefined {
  if (element === null) return undefined;
  let width = element.clientWidth;
  const observer = new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    // In the next frame: a height that changes what is being observed would be reported as a fault of the page.
    requestAnimationFrame(() => fit(element));
  });
  observer.observe(element);
  return () => observer.disconnect();
}

function focusAtEnd(element: HTMLTextAreaElement | null): void {
  if (element === null) return;
  element.focus({ preventScroll: true });
  element.setSelectionRange(element.value.length, element.value.length);
}
