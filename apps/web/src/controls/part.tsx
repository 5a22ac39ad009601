import { lazy, useEffect, type ComponentType, type LazyExoticComponent } from "react";
import { useText } from "../text/intl.tsx";
import { toast } from "./toast.tsx";

/**
 * A part that is loaded when it is shown. Where it cannot be (no network before the app was kept, a release that is gone), a line and a
 * way to load the page again stand in its place, and everything else stays: what a part throws would take the whole page with it.
 */
export function part<P extends object>(load: () => Promise<ComponentType<P>>): LazyExoticComponent<ComponentType<P>> {
  return lazy(async () => ({ default: await load().catch(() => Missing) }));
}

/** What would have lain above the page is closed, and said in passing. */
function Missing(props: object) {
  const t = useText();
  const text = t("part.missing");
  const again = t("connection.reload");
  const close = isClosable(props) ? props.onClose : undefined;
  useEffect(() => {
    if (close === undefined) return;
    toast(text, { label: again, onPress: reload });
    close();
  }, [close, text, again]);
  if (close !== undefined) return null;
  return (
    <p role="alert" className="p-4 text-center text-14 text-ink-2">
      {text}{" "}
      <button type="button" onClick={reload} className="min-h-11 px-2 font-semibold text-ink underline">
        {again}
      </button>
    </p>
  );
}

function isClosable(props: object): props is { onClose: () => void } {
  return "onClose" in props && typeof props.onClose === "function";
}

function reload(): void {
  location.reload();
}
