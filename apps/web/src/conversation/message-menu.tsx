import SmilePlus from "lucide-react/icons/smile-plus";
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ToggleEvent } from "react";
import { classes } from "../controls/classes.ts";
import { MenuRow, type MenuItem } from "../controls/menu.tsx";
import { placeBeside } from "../controls/place-beside.ts";
import { EmojiPicker } from "../emoji/emoji-picker.tsx";
import { useText } from "../text/intl.tsx";
import type { MenuRequest } from "./row-actions.ts";

interface Props {
  asked: MenuRequest;
  items: readonly MenuItem[];
  /** Which emoji I reacted with already. */
  mine: ReadonlySet<string>;
  /** Not offered where one may not react. */
  onReact: ((emoji: string) => void) | undefined;
  onClose: () => void;
}

/** Six that say most of what is said; every other one is behind the last button. */
export const quickReactions = ["❤️", "👍", "😂", "😮", "😢", "🔥"];

/** One menu for the whole list, made when it is opened: beside what was pressed, or from below on a phone. */
export function MessageMenu({ asked, items, mine, onReact, onClose }: Props) {
  const t = useText();
  const menu = useRef<HTMLDivElement>(null);
  const [picking, setPicking] = useState(false);
  const { anchor, parts } = asked;

  useLayoutEffect(() => {
    const element = menu.current;
    if (element === null) return;
    if (!element.matches(":popover-open")) element.showPopover();
    placeBeside({ menu: element, anchor });
    // The picker takes the focus itself.
    if (!picking)
      element.querySelector<HTMLElement>("[data-reaction], [role=menuitem]")?.focus({ preventScroll: true });
  }, [anchor, picking]);

  const onToggle = (event: ToggleEvent<HTMLDivElement>) => {
    if (event.newState !== "closed") return;
    const inside = document.activeElement === document.body || menu.current?.contains(document.activeElement) === true;
    onClose();
    if (inside) anchor.focus({ preventScroll: true });
  };
  const react = (emoji: string) => {
    menu.current?.hidePopover();
    onReact?.(emoji);
  };

  return (
    <div
      ref={menu}
      popover="auto"
      onToggle={onToggle}
      onKeyDown={rove}
      className="fixed w-max max-w-[calc(100vw-1rem)] min-w-60 overflow-hidden rounded-card border border-line bg-raised text-ink shadow-float open:enter-rise"
    >
      {picking ? (
        <EmojiPicker onPick={react} />
      ) : (
        onReact !== undefined && (
          <QuickReactions mine={mine} apart={parts === "all"} onReact={react} onMore={() => setPicking(true)} />
        )
      )}
      {parts === "all" && !picking && (
        <div role="menu" aria-label={t("message.actions")} className="p-1.5">
          {items.map((item) => (
            <MenuRow key={item.label} item={item} close={() => menu.current?.hidePopover()} />
          ))}
        </div>
      )}
    </div>
  );
}

interface QuickProps {
  mine: ReadonlySet<string>;
  /** Something follows below. */
  apart: boolean;
  onReact: (emoji: string) => void;
  onMore: () => void;
}

function QuickReactions({ mine, apart, onReact, onMore }: QuickProps) {
  const t = useText();
  return (
    <div
      role="group"
      aria-label={t("message.react")}
      className={classes("flex justify-between gap-0.5 p-1", apart && "border-b border-line")}
    >
      {quickReactions.map((emoji) => (
        <button
          key={emoji}
          type="button"
          data-reaction
          aria-pressed={mine.has(emoji)}
          aria-label={t("reactions.react", { emoji })}
          onClick={() => onReact(emoji)}
          className={classes(
            "grid size-11 place-items-center rounded-full text-20 outline-offset-[-2px] hover:bg-sunk",
            mine.has(emoji) && "bg-accent-soft",
          )}
        >
          <span aria-hidden>{emoji}</span>
        </button>
      ))}
      <button
        type="button"
        data-reaction
        aria-label={t("message.reactMore")}
        title={t("message.reactMore")}
        onClick={onMore}
        className="grid size-11 place-items-center rounded-full text-ink-2 outline-offset-[-2px] hover:bg-sunk"
      >
        <SmilePlus size={20} strokeWidth={1.75} aria-hidden />
      </button>
    </div>
  );
}

/** Left and right along the emoji, up and down between them and the menu and along it. */
function rove(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.key === "Tab") event.currentTarget.hidePopover();
  const { currentTarget: menu } = event;
  const reactions = [...menu.querySelectorAll<HTMLElement>("[data-reaction]")];
  const rows = [...menu.querySelectorAll<HTMLElement>("[role=menuitem]")];
  const inReactions = reactions.findIndex((one) => one === document.activeElement);
  const inRows = rows.findIndex((one) => one === document.activeElement);
  const step = nextStep(event.key, getComputedStyle(menu).direction === "rtl");
  if (step === undefined) return;
  event.preventDefault();
  if (step.along === "line" && inReactions >= 0) reactions.at((inReactions + step.by) % reactions.length)?.focus();
  if (step.along === "column") {
    const column = [...reactions.slice(0, 1), ...rows];
    const at = inReactions >= 0 ? 0 : inRows + Math.min(1, reactions.length);
    column.at((at + step.by) % column.length)?.focus();
  }
}

function nextStep(key: string, rtl: boolean): { along: "line" | "column"; by: 1 | -1 } | undefined {
  if (key === "ArrowDown") return { along: "column", by: 1 };
  if (key === "ArrowUp") return { along: "column", by: -1 };
  if (key !== "ArrowRight" && key !== "ArrowLeft") return undefined;
  return { along: "line", by: (key === "ArrowRight") === rtl ? -1 : 1 };
}
