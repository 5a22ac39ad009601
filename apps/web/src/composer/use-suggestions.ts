import type { PersonBrief } from "@sotto/protocol/types.ts";
import { useEffect, useId, useMemo, useState, type AriaAttributes, type KeyboardEvent, type RefObject } from "react";
import type { EmojiRow } from "../../emoji-rows.ts";
import { completeShortcode, emojiOf } from "../emoji/shortcodes.ts";
import { putText } from "./put-text.ts";
import { asksForEmoji, suggestionsFor, type Suggestion, type Suggestions } from "./suggestions.ts";

export interface Suggesting {
  listId: string;
  shown: Suggestions | null;
  at: number;
  onCaret: (before: string | null) => void;
  /** True: the key was for the list. */
  onKey: (event: KeyboardEvent) => boolean;
  pick: (item: Suggestion) => void;
  aria: AriaAttributes;
}

interface Options {
  box: RefObject<HTMLTextAreaElement | null>;
  people: readonly PersonBrief[];
}

/** Members after an @ and emoji after a colon: arrows choose, Tab and Enter pick, Escape closes until another one is begun. */
export function useSuggestions({ box, people }: Options): Suggesting {
  const listId = useId();
  const [before, setBefore] = useState<string | null>(null);
  const [closedAt, setClosedAt] = useState<number | null>(null);
  const [at, setAt] = useState(0);
  const rows = useEmojiRows(asksForEmoji(before));
  const found = useMemo(() => suggestionsFor(before, { people, rows }), [before, people, rows]);
  const shown = found !== null && found.from !== closedAt ? found : null;
  const active = shown === null ? 0 : Math.min(at, shown.items.length - 1);

  useShortcodeOnColon(box, before, rows);

  const onCaret = (next: string | null) => {
    if (next === before) return;
    setBefore(next);
    setAt(0);
    if (closedAt !== null && (next === null || next.length <= closedAt)) setClosedAt(null);
  };
  const pick = (item: Suggestion) => {
    const element = box.current;
    if (shown === null || element === null) return;
    putText(element, item.text, { from: shown.from, to: element.selectionStart });
    element.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (shown === null || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return false;
    const item = shown.items[active];
    if ((event.key === "Enter" || event.key === "Tab") && item !== undefined) pick(item);
    else if (event.key === "Escape") setClosedAt(shown.from);
    else if (event.key === "ArrowDown") setAt((active + 1) % shown.items.length);
    else if (event.key === "ArrowUp") setAt((active + shown.items.length - 1) % shown.items.length);
    else return false;
    return true;
  };
  const aria: AriaAttributes =
    shown === null
      ? { "aria-autocomplete": "list" }
      : { "aria-autocomplete": "list", "aria-controls": listId, "aria-activedescendant": `${listId}-${active}` };
  return { listId, shown, at: active, onCaret, onKey, pick, aria };
}

const noRows: readonly EmojiRow[] = [];
let loaded = noRows;

/** Brought when a first colon asks for them, and kept. */
function useEmojiRows(wanted: boolean): readonly EmojiRow[] {
  const [rows, setRows] = useState(loaded);
  useEffect(() => {
    if (!wanted || rows.length > 0) return;
    let here = true;
    void import("virtual:emoji-rows").then(
      (data) => {
        loaded = data.rows;
        if (here) setRows(loaded);
      },
      // Without them a colon is a colon; the next one asks again.
      () => {},
    );
    return () => {
      here = false;
    };
  }, [wanted, rows]);
  return rows;
}

/** `:wave:`, typed to its end, is the emoji. After the key's own event, and whatever comes after it. */
function useShortcodeOnColon(
  box: RefObject<HTMLTextAreaElement | null>,
  before: string | null,
  rows: readonly EmojiRow[],
): void {
  useEffect(() => {
    const whole = before === null ? null : completeShortcode(before);
    const emoji = whole === null ? undefined : emojiOf(rows, whole.name);
    if (before === null || whole === null || emoji === undefined) return;
    setTimeout(() => {
      if (box.current?.value.startsWith(before) === true)
        putText(box.current, emoji, { from: whole.from, to: before.length });
    });
  }, [box, before, rows]);
}
