import { useId } from "react";

interface Props {
  label: string;
  hint: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** The whole row is the label's: a finger need not find the switch. */
export function SwitchRow({ label, hint, checked, onChange }: Props) {
  const id = useId();
  return (
    <div className="relative flex items-center gap-4 rounded-card border border-line px-4 py-3 hover:bg-sunk">
      <div className="min-w-0 flex-1">
        <label
          htmlFor={id}
          className="block cursor-pointer text-14 font-semibold after:absolute after:inset-0 after:content-['']"
        >
          {label}
        </label>
        <p id={`${id}-hint`} className="text-12 text-ink-2">
          {hint}
        </p>
      </div>
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={checked}
        checked={checked}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.checked)}
        className="switch"
      />
    </div>
  );
}
