import Search from "lucide-react/icons/search";
import X from "lucide-react/icons/x";
import type { KeyboardEvent } from "react";
import { useText } from "../text/intl.tsx";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Where the focus goes when its dialog opens. */
  first?: boolean;
}

export function SearchField({ label, value, onChange, first = false }: Props) {
  const t = useText();
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape" && value !== "") {
      event.preventDefault();
      event.stopPropagation();
      onChange("");
    }
    if (event.key === "ArrowDown") {
      event.preventDefault();
      event.currentTarget.closest("[data-search]")?.querySelector<HTMLElement>("[data-row]")?.focus();
    }
  };
  return (
    <div
      role="search"
      aria-label={label}
      className="flex min-h-11 items-center gap-2 rounded-card border border-line bg-raised ps-3 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent-text"
    >
      <Search size={18} strokeWidth={1.75} className="shrink-0 text-ink-2" aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        data-first={first ? "" : undefined}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={100}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        className="min-w-0 flex-1 bg-transparent text-16 outline-none md:text-14 [&::-webkit-search-cancel-button]:hidden"
      />
      {value !== "" && (
        <button
          type="button"
          aria-label={t("search.clear")}
          onClick={() => onChange("")}
          className="grid size-11 shrink-0 place-items-center rounded-full text-ink-2"
        >
          <X size={16} strokeWidth={2} aria-hidden />
        </button>
      )}
    </div>
  );
}
