import { useRef, useState, type PointerEvent } from "react";

/** A mouse that lingers, as opposed to one under which the list is scrolled. */
const restMs = 60;

/** A mouse rests on it: what would be too much to draw for every row is drawn for this one. */
export function useHovered() {
  const [hovered, setHovered] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  return {
    hovered,
    hover: {
      onPointerEnter: (event: PointerEvent) => {
        if (event.pointerType === "mouse") timer.current = setTimeout(() => setHovered(true), restMs);
      },
      onPointerLeave: () => {
        clearTimeout(timer.current);
        setHovered(false);
      },
    },
  };
}
