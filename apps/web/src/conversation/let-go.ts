import { useEffect, useRef, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import { afterFrames } from "./after-frames.ts";
import type { TimelineRow } from "./timeline.ts";

/** More rows than this away from what is in sight are let go of, down to so many: each page that comes costs as much as what is held. */
const mostRows = 600;
const keptRows = 300;

export type KeepAround = (seq: number, most: { before?: number; after?: number }) => void;

interface Options {
  list: RefObject<VirtualizerHandle | null>;
  rows: readonly TimelineRow[];
  keepAround: KeepAround;
}

/**
 * Once rows have come, what is far from what is in sight goes: in a task of its own after the next frame, for in that frame whoever
 * drags to where the rows came has them drawn. One side at a time: virtua keeps the place either for rows before the first one, or for
 * those after the last one.
 */
export function useLetGo(options: Options): void {
  const latest = useRef(options);
  const { rows } = options;
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    if (rows.length <= mostRows) return;
    return afterFrames(1, () => letGo(latest.current));
  }, [rows]);
}

function letGo({ list, rows, keepAround }: Options): void {
  const at = list.current?.findItemIndex(list.current.scrollOffset) ?? -1;
  const row = rows[at];
  if (row?.is !== "message") return;
  if (rows.length - at > mostRows) keepAround(row.message.seq, { after: keptRows });
  else if (at > mostRows) keepAround(row.message.seq, { before: keptRows });
}
