import X from "lucide-react/icons/x";
import { useEffect, useId, useRef, type MouseEvent, type ReactNode } from "react";
import { useText } from "../text/intl.tsx";
import { classes } from "./classes.ts";
import { IconButton } from "./icon-button.tsx";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** A question is small and in the middle; a sheet comes from below on a phone. */
  shape?: "question" | "sheet";
  footer?: ReactNode;
}

/** The browser's own dialog: focus is kept inside and given back, Escape closes, the page behind is inert. */
export function Dialog({ title, onClose, children, shape = "sheet", footer }: Props) {
  const t = useText();
  const titleId = useId();
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) {
      element.showModal();
      // The browser would choose the first button, which closes what has just been opened.
      (element.querySelector<HTMLElement>("[data-first]") ?? element.querySelector("h2"))?.focus({
        preventScroll: true,
      });
    }
    return () => element?.close();
  }, []);

  const closeOnBackdrop = (event: MouseEvent) => {
    if (event.target === dialog.current) onClose();
  };

  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        onClose();
      }}
      onMouseDown={closeOnBackdrop}
      className={classes(
        "max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] bg-transparent text-ink outline-none backdrop:enter-fade",
        shape === "sheet"
          ? "max-w-[30rem] max-sm:mb-0 max-sm:w-full max-sm:max-w-none enter-sheet"
          : "max-w-[24rem] enter-rise",
      )}
    >
      <div
        className={classes(
          "flex max-h-[calc(100dvh-2rem)] flex-col overflow-hidden rounded-media bg-raised shadow-float",
          shape === "sheet" && "max-sm:rounded-b-none max-sm:pb-[env(safe-area-inset-bottom)]",
        )}
      >
        <div className="flex items-center gap-2 ps-5 pe-2 pt-3 pb-1">
          <h2 id={titleId} tabIndex={-1} className="min-w-0 flex-1 text-16 font-semibold outline-none">
            {title}
          </h2>
          <IconButton icon={X} label={t("action.close")} onClick={onClose} />
        </div>
        <div className="scroll-quiet min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
        {footer !== undefined && (
          <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-4">{footer}</div>
        )}
      </div>
    </dialog>
  );
}
