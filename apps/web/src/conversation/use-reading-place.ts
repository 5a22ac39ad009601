import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import { indexOfSeq, type TimelineRow } from "./timeline.ts";

const endSlackPixels = 48;
/** A scroll this soon after a wheel, a touch or a key was meant. */
const handMs = 500;
/** What stays in sight above the line of what is new. */
const aboveUnreadPixels = 72;
/** Rows that are still on their way, at the end: looked past for the last message. */
const outgoingMost = 50;

/** A message to be shown in the middle of the screen; each wish is an object of its own. */
export interface Goal {
  seq: number;
}

interface PlaceOptions {
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLDivElement | null>;
  /** What stands above the first row. */
  head: RefObject<HTMLElement | null>;
  rows: readonly TimelineRow[];
  /** Another number means other rows altogether. */
  epoch: number;
  /** The last row is not the conversation's last. */
  hasNewer: boolean;
  goal: Goal | null;
  /** Rows up to this seq have been in sight. */
  onSeen: (seq: number) => void;
}

/**
 * Where in the list one is: opens at what is new, or at its end; keeps the end in sight while one is there; goes to a goal; and
 * otherwise leaves the list where it is.
 */
export function useReadingPlace({ list, scroller, head, rows, epoch, hasNewer, goal, onSeen }: PlaceOptions) {
  const [atEnd, setAtEnd] = useState(true);
  const stick = useRef(true);
  const opened = useRef(false);
  const reached = useRef<Goal | null>(null);
  /** The end was asked for, and is not among the rows yet. */
  const endWanted = useRef(false);
  const headPixels = useHeadHeight({ head, scroller, stick });
  const byHand = useHand(scroller);
  const lastKey = rows.at(-1)?.key;

  const toEnd = () => {
    stick.current = true;
    list.current?.scrollToIndex(rows.length - 1, { align: "end" });
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };

  const follow = () => {
    const element = scroller.current;
    if (element === null) return;
    const near = !hasNewer && element.scrollHeight - element.scrollTop - element.clientHeight < endSlackPixels;
    // Rows that are being measured move the list as well: only somebody's hand takes it away from its end.
    if (near) stick.current = true;
    else if (hasNewer || byHand()) stick.current = false;
    setAtEnd(near || stick.current);
    const seen = seenSeq(rows, near ? rows.length - 1 : lastInSight(list.current));
    if (seen !== null) onSeen(seen);
  };

  /** Whether it is on its way to a goal. */
  const start = (): boolean => {
    if (endWanted.current && !hasNewer) {
      endWanted.current = false;
      toEnd();
      return false;
    }
    const goalAt = goal === null || goal === reached.current ? -1 : indexOfSeq(rows, goal.seq);
    if (goalAt >= 0) {
      reached.current = goal;
      stick.current = false;
      list.current?.scrollToIndex(goalAt, { align: "center" });
      return true;
    }
    const unreadAt = opened.current ? -1 : rows.findIndex((row) => row.unread);
    if (unreadAt >= 0) {
      stick.current = false;
      list.current?.scrollToIndex(unreadAt, { align: "start", offset: -aboveUnreadPixels });
    } else if (!hasNewer && (stick.current || rows.at(-1)?.is === "outgoing")) toEnd();
    return false;
  };

  useLayoutEffect(() => {
    if (rows.length === 0) return;
    const goes = start();
    opened.current = true;
    // virtua scrolls a moment later: until then the place one leaves would be taken for the place one is at.
    if (!goes) follow();
    // oxlint-disable-next-line react/exhaustive-deps -- only another last row, other rows or a new goal move the list; rows before it, and changes inside rows, do not
  }, [lastKey, epoch, goal]);

  useSettledEnd({ scroller, stick, epoch });

  const wantEnd = () => {
    endWanted.current = hasNewer;
    if (!hasNewer) toEnd();
  };
  return { atEnd: atEnd && !hasNewer, follow, wantEnd, headPixels };
}

function lastInSight(list: VirtualizerHandle | null): number {
  return list === null ? -1 : list.findItemIndex(list.scrollOffset + list.viewportSize - endSlackPixels);
}

/** Of the row at this place, or of the message before it. */
function seenSeq(rows: readonly TimelineRow[], at: number): number | null {
  const row = rows.slice(Math.max(0, at - outgoingMost), at + 1).findLast((one) => one.is === "message");
  return row?.is === "message" ? row.message.seq : null;
}

/** Heights settle after the first measure, the keyboard opens, the composer grows: the end stays the end. */
function useSettledEnd({
  scroller,
  stick,
  epoch,
}: Pick<PlaceOptions, "scroller" | "epoch"> & { stick: RefObject<boolean> }) {
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => {
      if (stick.current) element.scrollTop = element.scrollHeight;
    });
    watch.observe(element);
    for (const child of element.children) watch.observe(child);
    return () => watch.disconnect();
  }, [scroller, stick, epoch]);
}

interface HeadOptions extends Pick<PlaceOptions, "head" | "scroller"> {
  stick: RefObject<boolean>;
}
/** The head changes when the oldest message has come: what one reads stays where it is. */
function useHeadHeight({ head, scroller, stick }: HeadOptions): number {
  const [pixels, setPixels] = useState(0);
  useLayoutEffect(() => {
    const element = head.current;
    if (element === null) return;
    let before: number | undefined;
    const watch = new ResizeObserver(() => {
      const now = element.offsetHeight;
      if (before !== undefined && !stick.current && scroller.current !== null)
        scroller.current.scrollTop += now - before;
      before = now;
      setPixels(now);
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [head, scroller, stick]);
  return pixels;
}

/** Whether somebody is scrolling, as opposed to the page. */
function useHand(scroller: RefObject<HTMLElement | null>): () => boolean {
  const lastMs = useRef(-Infinity);
  const pressed = useRef(false);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const stop = new AbortController();
    const options = { passive: true, signal: stop.signal };
    const touched = () => {
      lastMs.current = performance.now();
    };
    for (const name of ["wheel", "touchmove", "keydown"]) element.addEventListener(name, touched, options);
    element.addEventListener("pointerdown", () => (pressed.current = true), options);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => (pressed.current = false), options);
    return () => stop.abort();
  }, [scroller]);
  return () => pressed.current || performance.now() - lastMs.current < handMs;
}
