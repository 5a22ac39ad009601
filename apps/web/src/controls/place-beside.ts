interface Options {
  menu: HTMLElement;
  anchor: HTMLElement;
  side?: "below" | "above";
}

const gapPixels = 6;
const edgePixels = 8;

/** Puts what floats beside what it belongs to, and always inside the window: towards the reading direction's end first. */
export function placeBeside({ menu, anchor, side = "below" }: Options): void {
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const rtl = getComputedStyle(anchor).direction === "rtl";
  const fitsStart = rtl ? from.right - width >= edgePixels : from.left + width <= innerWidth - edgePixels;
  const left = fitsStart === rtl ? from.right - width : from.left;
  const below = from.bottom + gapPixels;
  const above = from.top - gapPixels - height;
  const fitsBelow = below + height <= innerHeight - edgePixels;
  const top = side === "above" ? (above >= edgePixels ? above : below) : fitsBelow ? below : above;
  menu.style.left = `${within(left, innerWidth - width)}px`;
  menu.style.top = `${within(top, innerHeight - height)}px`;
}

function within(wanted: number, most: number): number {
  return Math.max(edgePixels, Math.min(wanted, most - edgePixels));
}
