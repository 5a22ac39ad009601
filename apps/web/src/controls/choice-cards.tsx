import { useId } from "react";
import { classes } from "./classes.ts";

export interface Choice<V extends string> {
  value: V;
  label: string;
  hint?: string;
  /** Of the label, where it is not the page's language. */
  lang?: string;
}

interface Props<V extends string> {
  legend: string;
  legendHidden?: boolean;
  choices: readonly Choice<V>[];
  value: V;
  onChoose: (value: V) => void;
}

/** One of a few, each with what it means. Native radio buttons: arrows move, the group is one stop of Tab. */
export function ChoiceCards<V extends string>({ legend, legendHidden = false, choices, value, onChoose }: Props<V>) {
  const name = useId();
  return (
    <fieldset className="grid gap-2">
      <legend className={legendHidden ? "sr-only" : "mb-2 text-14 font-semibold text-ink-2"}>{legend}</legend>
      {choices.map((choice) => (
        <ChoiceCard
          key={choice.value}
          choice={choice}
          name={name}
          checked={choice.value === value}
          onChoose={onChoose}
        />
      ))}
    </fieldset>
  );
}

interface CardProps<V extends string> {
  choice: Choice<V>;
  name: string;
  checked: boolean;
  onChoose: (value: V) => void;
}

function ChoiceCard<V extends string>({ choice, name, checked, onChoose }: CardProps<V>) {
  return (
    <label
      className={classes(
        "flex cursor-pointer items-center gap-3 rounded-card border px-4 py-3 transition-colors duration-(--quick) has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent-text",
        checked ? "border-accent bg-accent-soft" : "border-line hover:bg-sunk",
      )}
    >
      <span className="min-w-0 flex-1">
        <span className="block text-14 font-semibold" lang={choice.lang}>
          {choice.label}
        </span>
        {choice.hint !== undefined && <span className="block text-12 text-ink-2">{choice.hint}</span>}
      </span>
      <input type="radio" name={name} checked={checked} onChange={() => onChoose(choice.value)} className="radio" />
    </label>
  );
}
