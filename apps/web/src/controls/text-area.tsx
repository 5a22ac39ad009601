import { useId } from "react";

interface Props {
  label: string;
  value: string;
  rows: number;
  problem: string;
  hint: string;
  onChange: (value: string) => void;
}

export function TextArea({ label, value, rows, problem, hint, onChange }: Props) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-14 font-medium">
        {label}
      </label>
      <textarea
        id={id}
        rows={rows}
        dir="auto"
        value={value}
        aria-invalid={problem !== ""}
        aria-describedby={`${id}-note`}
        onChange={(event) => onChange(event.target.value)}
        className="rounded-card border border-line bg-raised px-3 py-2.5 text-16 outline-none focus-visible:outline-2 focus-visible:outline-offset-1 focus-visible:outline-accent-text aria-invalid:border-bad"
      />
      <p id={`${id}-note`} className={problem === "" ? "text-12 text-ink-2" : "text-12 text-bad"}>
        {problem === "" ? hint : problem}
      </p>
    </div>
  );
}
