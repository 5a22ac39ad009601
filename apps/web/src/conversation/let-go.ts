import type { VirtualizerHandle } from "virtua";
import type { TimelineRow } from "./timeline.ts";

/** More rows than this behind what is in sight are let go of, down to so many: each page that comes costs as much as what is held. */
const mostRows = 600;
const keptRows = 300;

export type KeepAround = (seq: number, most: { before?: number; after?: number }) => void;

/**
 * Before a page is asked for on one side: what is far on the other side goes. In a render of its own: virtua keeps the place either for
 * rows that come and go before the first one, or for those after the last one.
 */
export function letGoOf(
  side: "before" | "after",
  { list, rows, keepAround }: { list: VirtualizerHandle | null; rows: readonly TimelineRow[]; keepAround: KeepAround },
): void {
  const at = list?.findItemIndex(list.scrollOffset) ?? -1;
  const row = rows[at];
  const behind = side === "before" ? at : rows.length - at;
  if (row?.is === "message" && behind > mostRows) keepAround(row.message.seq, { [side]: keptRows });
}
