import { Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { part } from "../controls/part.tsx";
import { useLocation } from "wouter";

const ConversationSearch = part(async () => (await import("./conversation-search.tsx")).ConversationSearch);

export interface SearchBar {
  shown: boolean;
  show(): void;
  hide(): void;
}

const barSelector = "[data-search-bar]";

/** Search in the conversation on the screen, also by Ctrl+F or ⌘F; pressed again in the bar, the browser's own search answers. */
export function useSearchBar(possible: boolean): SearchBar {
  const [shown, setShown] = useState(false);
  const show = useCallback(() => setShown(true), []);
  const hide = useCallback(() => setShown(false), []);
  useEffect(() => {
    if (!possible) return;
    const onKeyDown = (event: KeyboardEvent) => {
      const asked =
        (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "f";
      if (!asked || document.querySelector("dialog[open]") !== null) return;
      const bar = document.querySelector(barSelector);
      if (bar?.contains(document.activeElement) === true) return;
      event.preventDefault();
      setShown(true);
      bar?.querySelector<HTMLInputElement>("input[type=search]")?.focus();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [possible]);
  return useMemo(() => ({ shown: shown && possible, show, hide }), [shown, possible, show, hide]);
}

/** The bar, loaded when it is opened. Where to go is said by the address, as a link to a message would. */
export function SearchBarPlace({ bar, conversationId }: { bar: SearchBar; conversationId: string }) {
  const [path, navigate] = useLocation();
  const onShow = useCallback(
    (messageId: string) => navigate(`${path}?message=${messageId}`, { replace: true }),
    [path, navigate],
  );
  if (!bar.shown) return null;
  return (
    <div data-search-bar>
      <Suspense>
        <ConversationSearch key={conversationId} {...{ conversationId, onShow }} onClose={bar.hide} />
      </Suspense>
    </div>
  );
}
