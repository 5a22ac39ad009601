import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { classes } from "./classes.ts";

interface Props extends Omit<ComponentProps<"button">, "children"> {
  icon: LucideIcon;
  /** What it does: its accessible name, and the tooltip. */
  label: string;
  look?: "quiet" | "sunk" | "accent" | "inherit";
}

const looks = {
  quiet: "text-ink hover:bg-sunk active:bg-line",
  /** In the colour of what it stands on. */
  inherit: "text-current hover:opacity-80",
  sunk: "bg-theirs text-ink hover:bg-line",
  accent: "bg-accent text-accent-ink hover:opacity-90 active:scale-95",
};

/** 44 px square: a finger finds it. */
export function IconButton({ icon: Icon, label, look = "quiet", className, ...rest }: Props) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={classes(
        "grid size-11 shrink-0 place-items-center rounded-full transition-[background-color,opacity,transform] duration-(--quick) disabled:opacity-40",
        looks[look],
        className,
      )}
      {...rest}
    >
      <Icon size={20} strokeWidth={1.75} aria-hidden />
    </button>
  );
}
