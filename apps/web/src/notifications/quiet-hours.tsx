import type { NotificationSettings } from "@sotto/protocol/types.ts";
import { useEffect, useId, useState } from "react";
import { SwitchRow } from "../controls/switch-row.tsx";
import { useText } from "../text/intl.tsx";

type Hours = NonNullable<NotificationSettings["quietHours"]>;

interface Props {
  hours: Hours | null;
  timeZone: string;
  onChange: (hours: Hours | null) => void;
}

const night: Hours = { from: "22:00", to: "07:00" };

export function QuietHours({ hours, timeZone, onChange }: Props) {
  const t = useText();
  return (
    <>
      <SwitchRow
        label={t("notifications.quietHours")}
        hint={t("notifications.quietHoursHint")}
        checked={hours !== null}
        onChange={(on) => onChange(on ? night : null)}
      />
      {hours !== null && (
        <div className="grid gap-2 px-1 pt-1">
          <div className="flex flex-wrap gap-3">
            <TimeField
              label={t("notifications.quietFrom")}
              value={hours.from}
              onChange={(from) => onChange({ ...hours, from })}
            />
            <TimeField
              label={t("notifications.quietTo")}
              value={hours.to}
              onChange={(to) => onChange({ ...hours, to })}
            />
          </div>
          <p className="text-12 text-ink-2">{t("notifications.quietZone", { zone: timeZone.replaceAll("_", " ") })}</p>
        </div>
      )}
    </>
  );
}

/** Saved when it is left: on the way there it is a time that nobody means. */
function TimeField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const done = () => {
    if (/^\d\d:\d\d$/.test(typed) && typed !== value) onChange(typed);
    else setTyped(value);
  };
  return (
    <div className="grid min-w-32 flex-1 gap-1">
      <label htmlFor={id} className="text-12 font-semibold text-ink-2">
        {label}
      </label>
      <input
        id={id}
        type="time"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => event.key === "Enter" && done()}
        className="min-h-11 rounded-card border border-line bg-raised px-3 text-16 text-ink"
      />
    </div>
  );
}
