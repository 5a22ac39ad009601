import { locale, perLocale } from "./locale.ts";

const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
const formats = perLocale((name) =>
  units.map((unit, at) =>
    [0, 1].map(
      (digits) =>
        new Intl.NumberFormat(name, {
          style: "unit",
          unit,
          // "B" as the others are "kB" and "MB"; only its long form would have an ending to agree with.
          unitDisplay: at === 0 ? "narrow" : "short",
          minimumFractionDigits: digits,
          maximumFractionDigits: digits,
        }),
    ),
  ),
);

/** `296 kB`, `1.1 MB`: two digits are enough to choose by. */
export function sizeText(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 1 && value < 10 ? 1 : 0;
  return formats(locale())[unit]?.[digits]?.format(value) ?? "";
}
