import { useRef, useState, type RefObject, type UIEvent } from "react";
import type { VirtualizerHandle } from "virtua";
import { Stillness } from "./stillness.ts";

/** Above and below what is in sight: more than the wheel turns at once, so that nothing strays. */
const aheadPixels = 320;
/** A leap is followed by others, and by the small steps in which the list corrects its place. */
const leapsForMs = 120;

/**
 * How much is drawn and measured around what is in sight. From one leap to the next, by the scrollbar or a key, nothing is: what is in
 * sight comes in one frame, and the rest once the list rests or goes on in small steps.
 */
export function useDrawnAhead(list: RefObject<VirtualizerHandle | null>) {
  const [stillness] = useState(() => new Stillness());
  const leaptAtMs = useRef(-Infinity);
  const [ahead, setAhead] = useState(aheadPixels);

  /** Before virtua hears of it: what it still holds is where the list was. */
  const onMove = ({ currentTarget }: UIEvent<HTMLElement>) => {
    const at = list.current;
    if (at === null) return;
    stillness.moved();
    const nowMs = performance.now();
    if (Math.abs(currentTarget.scrollTop - at.scrollOffset) > at.viewportSize) {
      leaptAtMs.current = nowMs;
      setAhead(0);
    } else if (nowMs - leaptAtMs.current > leapsForMs) setAhead(aheadPixels);
  };
  const onRest = () => {
    setAhead(aheadPixels);
    stillness.rested();
  };
  return { aheadPixels: ahead, stillness, onMove, onRest };
}
