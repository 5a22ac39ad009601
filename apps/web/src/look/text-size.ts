/** Of this device alone. Every length of the app is in rem, so the whole page grows with it, and with the browser's own setting. */
export const textSizes = ["small", "normal", "large", "largest"] as const;
export type TextSize = (typeof textSizes)[number];

const key = "sotto.textSize";

/** `public/theme.js` did this before the first paint. */
export function followTextSize(): void {
  apply(textSize());
}

export function textSize(): TextSize {
  const stored = localStorage.getItem(key);
  return textSizes.find((one) => one === stored) ?? "normal";
}

export function chooseTextSize(size: TextSize): void {
  localStorage.setItem(key, size);
  apply(size);
  // What was measured in pixels is measured again.
  dispatchEvent(new Event("resize"));
}

function apply(size: TextSize): void {
  document.documentElement.dataset["textSize"] = size;
}
