import type { LucideIcon } from "lucide-react";
import { useId, useRef, type KeyboardEvent, type ReactNode, type RefObject, type ToggleEvent } from "react";
import { classes } from "./classes.ts";
import { placeBeside } from "./place-beside.ts";

export interface MenuItem {
  label: string;
  icon: LucideIcon;
  onSelect: () => void;
  danger?: boolean;
  /** Drawn apart from the ones before it. */
  apart?: boolean;
}

interface Props {
  label: string;
  items: readonly MenuItem[];
  /** The button that opens it: gets what it needs to open, name and describe the menu. */
  trigger: (props: TriggerProps) => ReactNode;
  header?: ReactNode;
  side?: "below" | "above";
}

export interface TriggerProps {
  ref: RefObject<HTMLButtonElement | null>;
  popoverTarget: string;
  "aria-haspopup": "menu";
  "aria-controls": string;
}

/** The browser's popover: it lies above everything, closes by Escape and by a press elsewhere, and gives the focus back. */
export function Menu({ label, items, trigger, header, side = "below" }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);

  const onToggle = (event: ToggleEvent<HTMLDivElement>) => {
    if (event.newState !== "open") return;
    if (menu.current !== null && button.current !== null)
      placeBeside({ menu: menu.current, anchor: button.current, side });
    menuItems(menu.current)[0]?.focus();
  };

  return (
    <>
      {trigger({ ref: button, popoverTarget: id, "aria-haspopup": "menu", "aria-controls": id })}
      <div
        ref={menu}
        id={id}
        popover="auto"
        onToggle={onToggle}
        onKeyDown={rove}
        className="fixed min-w-56 rounded-card border border-line bg-raised p-1.5 text-ink shadow-float open:enter-rise"
      >
        {header}
        <div role="menu" aria-label={label}>
          {items.map((item) => (
            <MenuRow key={item.label} item={item} close={() => menu.current?.hidePopover()} />
          ))}
        </div>
      </div>
    </>
  );
}

export function MenuRow({ item, close }: { item: MenuItem; close: () => void }) {
  const Icon = item.icon;
  return (
    <>
      {item.apart === true && <hr className="mx-2 my-1.5 border-line" />}
      <button
        type="button"
        role="menuitem"
        tabIndex={-1}
        onClick={() => {
          close();
          item.onSelect();
        }}
        className={classes(
          "flex min-h-11 w-full items-center gap-3 rounded-control px-3 text-start text-14 font-medium outline-offset-[-2px] hover:bg-sunk focus-visible:bg-sunk",
          item.danger === true && "text-bad",
        )}
      >
        <Icon size={18} strokeWidth={1.75} aria-hidden />
        {item.label}
      </button>
    </>
  );
}

function rove(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.key === "Tab") event.currentTarget.hidePopover();
  const all = menuItems(event.currentTarget);
  const at = all.findIndex((one) => one === document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  all.at(to % all.length)?.focus();
}

function menuItems(menu: HTMLElement | null): HTMLElement[] {
  return menu === null ? [] : [...menu.querySelectorAll<HTMLElement>('[role="menuitem"]')];
}
