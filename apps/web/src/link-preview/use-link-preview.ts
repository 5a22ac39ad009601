import type { LinkPreview } from "@sotto/protocol/types.ts";
import { useEffect, useRef, useState } from "react";
import { useSotto } from "../session/session.tsx";
import { firstLink } from "./first-link.ts";

/** While somebody types an address it changes with every key; what is pasted is there at once. */
const typingMs = 600;
const pastedChars = 6;

export interface ComposedPreview {
  /** What the message would show; null while there is nothing, or nothing any more. */
  preview: LinkPreview | null;
  looking: boolean;
  /** For `send`. */
  previewId: string | undefined;
  /** Without it, for as long as this address stands in the text. */
  remove: () => void;
}

type Found = { url: string; is: "looking" } | { url: string; is: "found"; previewId: string; preview: LinkPreview };

/**
 * The preview of the first address in a text that is being written (C21): the server goes there, this device does not (T12).
 * `enabled`: not in a request (R3). A message that is sent before the preview is there goes without.
 */
export function useLinkPreview(text: string, { enabled }: { enabled: boolean }): ComposedPreview {
  const sotto = useSotto();
  const url = enabled ? firstLink(text) : null;
  const [found, setFound] = useState<Found | null>(null);
  const [removed, setRemoved] = useState<string | null>(null);
  const waitMs = usePause(text);

  useEffect(() => {
    if (url === null) {
      setFound(null);
      setRemoved(null);
      return;
    }
    let current = true;
    const timer = setTimeout(() => {
      setFound({ url, is: "looking" });
      sotto.call("linkPreviews.create", { url }).then(
        ({ previewId, preview }) => {
          if (!current) return;
          setFound(previewId === null || preview === null ? null : { url, is: "found", previewId, preview });
        },
        // Too many, or no connection: the message goes without.
        () => current && setFound(null),
      );
    }, waitMs.current);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [sotto, url, waitMs]);

  const shown = found !== null && found.url === url && removed !== url ? found : null;
  return {
    preview: shown?.is === "found" ? shown.preview : null,
    looking: shown?.is === "looking",
    previewId: shown?.is === "found" ? shown.previewId : undefined,
    remove: () => setRemoved(url),
  };
}

/** How long to wait for the next key: not at all after a paste. */
function usePause(text: string): { readonly current: number } {
  const before = useRef(text);
  const pause = useRef(typingMs);
  // Above the effect that waits: it runs first.
  useEffect(() => {
    pause.current = text.length - before.current.length >= pastedChars ? 0 : typingMs;
    before.current = text;
  }, [text]);
  return pause;
}
