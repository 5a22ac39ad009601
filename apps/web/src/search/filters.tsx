import { useId } from "react";
import { classes } from "../controls/classes.ts";
import { useText } from "../text/intl.tsx";
import type { Filter } from "./filter.ts";

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

const kinds = [null, "photo", "link"] as const;
const labels = { any: "search.kind.any", photo: "search.kind.photo", link: "search.kind.link" } as const;
const times = ["any", "week", "month", "year", "days"] as const;

/** What kind of message, and from when. */
export function Filters({ filter, onChange }: Props) {
  const t = useText();
  const timeId = useId();
  return (
    <div className="flex flex-wrap items-center gap-x-1 gap-y-0.5">
      <div role="group" aria-label={t("search.kind")} className="flex gap-1">
        {kinds.map((kind) => (
          <button
            key={kind ?? "any"}
            type="button"
            aria-pressed={filter.kind === kind}
            onClick={() => onChange({ ...filter, kind })}
            className={classes(
              "inline-flex min-h-11 items-center rounded-full px-3 text-14 font-semibold md:min-h-8",
              filter.kind === kind ? "bg-ink text-paper" : "text-ink-2 hover:bg-line",
            )}
          >
            {t(labels[kind ?? "any"])}
          </button>
        ))}
      </div>
      <label htmlFor={timeId} className="sr-only">
        {t("search.time")}
      </label>
      <select
        id={timeId}
        value={filter.time}
        onChange={(event) => onChange({ ...filter, time: times.find((one) => one === event.target.value) ?? "any" })}
        className="min-h-11 [field-sizing:content] rounded-full bg-transparent px-2 text-14 font-semibold text-ink-2 hover:bg-line md:min-h-8"
      >
        {times.map((time) => (
          <option key={time} value={time}>
            {t(`search.time.${time}`)}
          </option>
        ))}
      </select>
      {filter.time === "days" && <Days {...{ filter, onChange }} />}
    </div>
  );
}

function Days({ filter, onChange }: Props) {
  const t = useText();
  const fields = [
    { name: "fromDay", label: t("search.from") },
    { name: "toDay", label: t("search.to") },
  ] as const;
  return (
    <div className="flex w-full flex-wrap gap-2 py-1">
      {fields.map(({ name, label }) => (
        <label key={name} className="flex items-center gap-2 text-14 text-ink-2">
          {label}
          <input
            type="date"
            value={filter[name]}
            onChange={(event) => onChange({ ...filter, [name]: event.target.value })}
            className="min-h-11 rounded-control border border-line bg-raised px-2 text-14 text-ink md:min-h-8"
          />
        </label>
      ))}
    </div>
  );
}
