import { useRef, type MouseEvent, type PointerEvent } from "react";

const holdMs = 450;
const slipPixels = 10;
/** After the finger has left, and its click was swallowed: a popover that opens under a finger is closed by its going. */
const afterMs = 40;

/** A finger held on something, and the second mouse button nowhere: that one keeps the browser's own menu. */
export function useLongPress(onHold: () => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const from = useRef({ x: 0, y: 0 });
  const held = useRef(false);

  const stop = () => clearTimeout(timer.current);
  const release = () => {
    stop();
    if (!held.current) return;
    setTimeout(() => {
      held.current = false;
      onHold();
    }, afterMs);
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      held.current = false;
      if (event.pointerType !== "touch") return;
      from.current = { x: event.clientX, y: event.clientY };
      timer.current = setTimeout(() => {
        held.current = true;
        navigator.vibrate?.(10);
      }, holdMs);
    },
    onPointerMove: (event: PointerEvent) => {
      if (Math.hypot(event.clientX - from.current.x, event.clientY - from.current.y) > slipPixels) stop();
    },
    onPointerUp: release,
    onPointerCancel: release,
    onContextMenu: (event: MouseEvent) => {
      if (held.current) event.preventDefault();
    },
    onClickCapture: (event: MouseEvent) => {
      // The finger that held must not also press what lies under it.
      if (!held.current) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
