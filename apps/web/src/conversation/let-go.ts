import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import { afterFrames } from "./after-frames.ts";
import type { TimelineRow } from "./timeline.ts";

/** More rows than this away from what is in sight are let go of, down to so many: each page that comes costs as much as what is held. */
const mostRows = 600;
const keptRows = 300;
/** Above what is in sight, as long as the list moves. */
const mostRowsMoving = 2_400;
/** So long after the last scroll nobody is scrolling: the wheel, turned notch by notch, rests for less. */
const restMs = 1_000;

export type KeepAround = (seq: number, most: { before?: number; after?: number }) => void;

interface Options {
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLElement | null>;
  rows: readonly TimelineRow[];
  keepAround: KeepAround;
}

/**
 * Once rows have come, what is far from what is in sight goes: in a task of its own after the next frame, for in that frame whoever
 * drags to where the rows came has them drawn. What is above waits until the list rests: when rows go before the first one, virtua
 * keeps the distance from the end until the next rest, and what is measured below would push away what one reads.
 */
export function useLetGo(options: Options): { onMove: () => void; onRest: () => void } {
  const latest = useRef(options);
  const { rows } = options;
  useLayoutEffect(() => {
    latest.current = options;
  });
  useEffect(() => afterFrames(1, () => letGo(latest.current, { above: mostRowsMoving })), [rows]);

  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const onMove = useCallback(() => clearTimeout(rest.current), []);
  const onRest = useCallback(() => {
    clearTimeout(rest.current);
    rest.current = setTimeout(() => letGo(latest.current, { above: mostRows }), restMs);
  }, []);
  useEffect(() => () => clearTimeout(rest.current), []);
  return useMemo(() => ({ onMove, onRest }), [onMove, onRest]);
}

function letGo(options: Options, { above }: { above: number }): void {
  const { list, scroller, rows, keepAround } = options;
  if (list.current === null || scroller.current === null) return;
  // What somebody looks at or is asked about may be one of those messages.
  if (document.querySelector("dialog[open]") !== null) return;
  // Where it is on its way to: virtua hears of it with the next frame, and would say where it was.
  const at = list.current.findItemIndex(scroller.current.scrollTop);
  const row = rows[at];
  if (row?.is !== "message") return;
  if (rows.length - at > mostRows) keepAround(row.message.seq, { after: keptRows });
  else if (at > above) keepAround(row.message.seq, { before: keptRows });
}
