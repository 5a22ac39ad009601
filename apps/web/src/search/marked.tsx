import type { ReactNode } from "react";
import type { Hit } from "./pages.ts";

/** A part of a message with what was found in it. Its direction is its own, whatever the page's is. */
export function Marked({ snippet }: { snippet: Hit["snippet"] }) {
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const [start, end] of snippet.ranges) {
    pieces.push(snippet.text.slice(at, start));
    pieces.push(
      <mark key={start} className="rounded-[3px] bg-accent-soft font-semibold text-accent-text">
        {snippet.text.slice(start, end)}
      </mark>,
    );
    at = end;
  }
  pieces.push(snippet.text.slice(at));
  return <bdi dir="auto">{pieces}</bdi>;
}
