import { useId, type ComponentProps, type ReactNode } from "react";
import { classes } from "./classes.ts";

interface Props extends Omit<ComponentProps<"input">, "id"> {
  label: string;
  hint?: string;
  problem?: string;
  /** Inside the field, before and after what is typed. */
  before?: ReactNode;
  after?: ReactNode;
}

export function TextField({ label, hint, problem = "", before, after, className, ...rest }: Props) {
  const id = useId();
  const note = problem === "" ? (hint ?? "") : problem;
  return (
    <div className={classes("grid gap-1.5", className)}>
      <label htmlFor={id} className="text-14 font-medium">
        {label}
      </label>
      <div
        className={classes(
          "flex min-h-11 items-center gap-1 rounded-card border bg-raised ps-3 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent-text",
          problem === "" ? "border-line" : "border-bad",
        )}
      >
        {before}
        <input
          id={id}
          aria-invalid={problem !== ""}
          aria-describedby={note === "" ? undefined : `${id}-note`}
          className="min-w-0 flex-1 bg-transparent py-2.5 pe-3 text-16 outline-none"
          {...rest}
        />
        {after}
      </div>
      {note !== "" && (
        <p id={`${id}-note`} className={classes("text-12", problem === "" ? "text-ink-2" : "text-bad")}>
          {note}
        </p>
      )}
    </div>
  );
}
