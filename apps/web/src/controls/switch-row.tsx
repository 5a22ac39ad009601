import { useId } from "react";

interface Props {
  label: string;
  hint: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function SwitchRow({ label, hint, checked, onChange }: Props) {
  const id = useId();
  return (
    <label htmlFor={id} className="flex cursor-pointer items-center gap-4 rounded-card border border-line px-4 py-3 hover:bg-sunk">
      <span className="min-w-0 flex-1">
        <span className="block text-14 font-semibold">{label}</span>
        <span id={`${id}-hint`} className="block text-12 text-ink-2">
          {hint}
        </span>
      </span>
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={checked}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.checked)}
        className="switch"
      />
    </label>
  );
}
