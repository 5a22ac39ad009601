import { locale, perLocale } from "./locale.ts";

const units = [
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

const formats = perLocale(
  (name) =>
    new Map(
      units.map(([unit]) => [unit, new Intl.NumberFormat(name, { style: "unit", unit, unitDisplay: "long" })] as const),
    ),
);

/** `1 day`, `90 minutes`: in the largest unit of which it is a whole number. */
export function durationText(seconds: number): string {
  const [unit, inSeconds] = units.find(([, one]) => seconds % one === 0) ?? ["second", 1];
  return (
    formats(locale())
      .get(unit)
      ?.format(seconds / inSeconds) ?? ""
  );
}
