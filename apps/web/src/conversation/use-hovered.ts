import { useState, type PointerEvent } from "react";

/** A mouse rests on it: what would be too much to draw for every row is drawn for this one. */
export function useHovered() {
  const [hovered, setHovered] = useState(false);
  return {
    hovered,
    hover: {
      onPointerEnter: (event: PointerEvent) => setHovered(event.pointerType === "mouse"),
      onPointerLeave: () => setHovered(false),
    },
  };
}
