import {
  EmojiPicker as Picker,
  type EmojiData,
  type EmojiPickerListCategoryHeaderProps,
  type EmojiPickerListEmojiProps,
  type EmojiPickerListRowProps,
} from "frimousse";
import { useId, useMemo } from "react";
import { classes } from "../controls/classes.ts";
import { useText } from "../text/intl.tsx";
import { keepRecent, keepTone, tones, useRecent, useTone } from "./chosen.ts";
import type { EmojiPickerProps } from "./emoji-picker.tsx";
import { gridData } from "./grid-data.ts";

const columns = 8;
const hands = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"];

export function EmojiGrid({ onPick }: EmojiPickerProps) {
  const t = useText();
  const tone = useTone();
  // A new function would be asked again at every render.
  const resolve = useMemo(() => {
    const data: EmojiData = gridData(t);
    return () => data;
  }, [t]);
  const pick = (emoji: string) => {
    keepRecent(emoji);
    onPick(emoji);
  };
  return (
    <Picker.Root
      resolveEmojiData={resolve}
      columns={columns}
      skinTone={tone}
      onEmojiSelect={({ emoji }) => pick(emoji)}
      className="isolate flex h-full flex-col"
    >
      <Picker.Search
        autoFocus
        // Not "search": there Escape would empty it first, and close at the second press.
        type="text"
        role="searchbox"
        aria-label={t("emoji.search")}
        placeholder={t("emoji.search")}
        className="m-2 mb-1 min-h-11 shrink-0 rounded-card border border-line bg-paper px-3 text-16 outline-none focus-visible:outline-2 focus-visible:outline-offset-1 focus-visible:outline-accent-text md:text-14 [&::-webkit-search-cancel-button]:hidden"
      />
      <Recent onPick={pick} />
      {/* Arrows move as the grid lies: from left to right in every language. */}
      <Picker.Viewport dir="ltr" className="scroll-quiet relative min-h-0 flex-1 outline-none">
        <Picker.Loading className="absolute inset-0 grid place-items-center text-14 text-ink-2">
          {t("state.loading")}
        </Picker.Loading>
        <Picker.Empty className="absolute inset-0 grid place-items-center px-4 text-center text-14 text-ink-2">
          {({ search }) => t("search.none", { query: search })}
        </Picker.Empty>
        <Picker.List aria-label={t("emoji.title")} className="pb-1 select-none" components={components} />
      </Picker.Viewport>
      <Tones />
    </Picker.Root>
  );
}

const components = { CategoryHeader, Row, Emoji };

function CategoryHeader({ category, ...rest }: EmojiPickerListCategoryHeaderProps) {
  return (
    <div dir="auto" {...rest} className="bg-raised px-3 pt-2 pb-1.5 text-12 font-semibold text-ink-2">
      {category.label}
    </div>
  );
}

function Row({ children, ...rest }: EmojiPickerListRowProps) {
  return (
    // Counted from 1, as it should be; the grid looks for the row above the active one then, hence the margin.
    <div {...rest} aria-rowindex={fromOne(rest["aria-rowindex"])} className="scroll-mb-11 px-1.5">
      {children}
    </div>
  );
}

function Emoji({ emoji, "aria-colindex": column, ...rest }: EmojiPickerListEmojiProps) {
  const cell = { ...rest, "aria-colindex": fromOne(column) };
  return (
    <button
      type="button"
      {...cell}
      className="grid h-11 flex-1 place-items-center rounded-control text-[1.5rem] leading-none data-active:bg-line"
    >
      {emoji.emoji}
    </button>
  );
}

function fromOne(index: number | undefined): number | undefined {
  return index === undefined ? undefined : index + 1;
}

function Recent({ onPick }: EmojiPickerProps) {
  const t = useText();
  const recent = useRecent().slice(0, columns);
  if (recent.length === 0) return null;
  return (
    <div role="group" aria-label={t("emoji.recent")} className="flex shrink-0 border-b border-line px-1.5 pb-1">
      {recent.map((emoji) => (
        <button
          key={emoji}
          type="button"
          onClick={() => onPick(emoji)}
          className="grid h-11 w-1/8 place-items-center rounded-control text-[1.5rem] leading-none hover:bg-line"
        >
          {emoji}
        </button>
      ))}
    </div>
  );
}

function Tones() {
  const t = useText();
  const tone = useTone();
  const name = useId();
  return (
    <fieldset className="flex shrink-0 items-center justify-center border-t border-line">
      <legend className="sr-only">{t("emoji.tone")}</legend>
      {tones.map((one, at) => (
        <label
          key={one}
          className={classes(
            "grid size-11 cursor-pointer place-items-center rounded-full text-20 has-focus-visible:outline-2 has-focus-visible:outline-offset-[-2px] has-focus-visible:outline-accent-text md:size-9",
            one === tone && "bg-line",
          )}
        >
          <input
            type="radio"
            name={name}
            className="sr-only"
            aria-label={t(`emoji.tone.${one}`)}
            checked={one === tone}
            onChange={() => keepTone(one)}
          />
          <span aria-hidden>{hands[at]}</span>
        </label>
      ))}
    </fieldset>
  );
}
