import { useEffect, useRef, useState, type PointerEvent } from "react";
import { useStillness } from "./stillness.ts";

/** A mouse that lingers, as opposed to one under which the list is scrolled. */
const restMs = 60;

/** What stands beside a bubble: nothing while the list moves, the way to its menu, or all of it. */
export type Tools = "none" | "menu" | "all";

/** What would be too much to draw for every row is drawn for the one under the mouse; the menu is there once anybody could press it. */
export function useTools() {
  const stillness = useStillness();
  const [tools, setTools] = useState<Tools>(stillness.isStill ? "menu" : "none");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => (tools === "none" ? stillness.atRest(() => setTools("menu")) : undefined), [tools, stillness]);
  return {
    tools,
    watch: {
      onPointerEnter: (event: PointerEvent) => {
        setTools("menu");
        if (event.pointerType === "mouse") timer.current = setTimeout(() => setTools("all"), restMs);
      },
      onPointerLeave: () => {
        clearTimeout(timer.current);
        setTools("menu");
      },
      onFocus: () => setTools((before) => (before === "none" ? "menu" : before)),
    },
  };
}
