import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import type { TimelineItem } from "./timeline.ts";

const endSlackPixels = 48;
/** A scroll this soon after a wheel, a touch or a key was meant. */
const handMs = 500;

interface EndOptions {
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLDivElement | null>;
  /** What stands above the first row. */
  head: RefObject<HTMLElement | null>;
  items: readonly TimelineItem[];
  onSeenEnd: () => void;
}

/** Keeps the end of the list in sight while one is there; otherwise leaves it where it is. */
export function useEndOfList({ list, scroller, head, items, onSeenEnd }: EndOptions) {
  const [atEnd, setAtEnd] = useState(true);
  const stick = useRef(true);
  const opened = useRef(false);
  const headPixels = useHeadHeight({ head, scroller, stick });
  const byHand = useHand(scroller);
  const lastKey = items.at(-1)?.key;

  const toEnd = () => {
    stick.current = true;
    list.current?.scrollToIndex(items.length - 1, { align: "end" });
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };

  const follow = () => {
    const element = scroller.current;
    if (element === null) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < endSlackPixels;
    // Rows that are being measured move the list as well: only somebody's hand takes it away from its end.
    if (near) stick.current = true;
    else if (byHand()) stick.current = false;
    setAtEnd(near || stick.current);
    if (near) onSeenEnd();
  };

  useLayoutEffect(() => {
    if (items.length === 0) return;
    const newest = items.at(-1);
    const mineIsNew = newest?.is === "outgoing";
    const unreadAt = items.findIndex((item) => item.is === "unread");
    if (!opened.current && unreadAt > 0) list.current?.scrollToIndex(unreadAt, { align: "start", offset: -120 });
    else if (stick.current || mineIsNew) toEnd();
    opened.current = true;
    follow();
    // Only a new last row moves the list; rows before it, and changes inside rows, do not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [lastKey]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    // Heights settle after the first measure, the keyboard opens, the composer grows: the end stays the end.
    const watch = new ResizeObserver(() => {
      if (stick.current) element.scrollTop = element.scrollHeight;
    });
    watch.observe(element);
    for (const child of element.children) watch.observe(child);
    return () => watch.disconnect();
  }, [scroller]);

  return { atEnd, follow, toEnd, headPixels };
}

interface HeadOptions extends Pick<EndOptions, "head" | "scroller"> {
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
