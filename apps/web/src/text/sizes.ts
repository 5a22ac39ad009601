const units = ["B", "KB", "MB", "GB"] as const;

/** `296 KB`, `1.1 MB`: two digits are enough to choose by. */
export function sizeText(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 1 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit] ?? ""}`;
}
