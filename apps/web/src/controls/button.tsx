import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { classes } from "./classes.ts";
import { Spinner } from "./spinner.tsx";

interface Props extends ComponentProps<"button"> {
  look?: "main" | "plain" | "soft" | "danger";
  icon?: LucideIcon;
  busy?: boolean;
}

const looks = {
  main: "bg-accent text-accent-ink hover:opacity-90",
  plain: "border border-line bg-raised text-ink hover:bg-sunk",
  soft: "bg-theirs text-ink hover:bg-line",
  danger: "border border-line bg-raised text-bad hover:bg-sunk",
};

export function Button({ look = "plain", icon: Icon, busy = false, className, children, disabled, ...rest }: Props) {
  return (
    <button
      type="button"
      disabled={disabled === true || busy}
      aria-busy={busy}
      className={classes(
        "inline-flex min-h-11 items-center justify-center gap-2 rounded-full px-5 text-14 font-semibold transition-[background-color,opacity] duration-(--quick) disabled:opacity-55",
        looks[look],
        className,
      )}
      {...rest}
    >
      {busy ? <Spinner /> : Icon !== undefined && <Icon size={18} strokeWidth={1.75} aria-hidden />}
      {children}
    </button>
  );
}
