import { useSyncExternalStore } from "react";
import type { Size } from "./shown-size.ts";

const phone = matchMedia("(max-width: 47.99rem)");
const onDesk: Size = { width: 440, height: 480 };
let onPhone = phoneSpace();

/** The room a photo may take in a conversation, in CSS pixels. */
export function usePhotoSpace(): Size {
  return useSyncExternalStore(subscribe, () => (phone.matches ? onPhone : onDesk));
}

function subscribe(listener: () => void): () => void {
  const changed = () => {
    onPhone = phoneSpace();
    listener();
  };
  phone.addEventListener("change", changed);
  addEventListener("resize", changed);
  return () => {
    phone.removeEventListener("change", changed);
    removeEventListener("resize", changed);
  };
}

function phoneSpace(): Size {
  return { width: Math.round(innerWidth * 0.78), height: Math.round(Math.min(innerHeight * 0.52, 460)) };
}
