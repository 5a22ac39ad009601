import type { Message } from "@sotto/protocol/types.ts";
import Reply from "lucide-react/icons/reply";
import SmilePlus from "lucide-react/icons/smile-plus";
import type { RefObject } from "react";
import { classes } from "../controls/classes.ts";
import { useText } from "../text/intl.tsx";
import { useRowActions } from "./row-actions.ts";

interface Props {
  ref: RefObject<HTMLButtonElement | null>;
  message: Message;
  mine: boolean;
  /** A mouse is on the message. */
  shown: boolean;
}

const look =
  "grid size-8 shrink-0 place-items-center rounded-full text-ink-2 hover:bg-sunk hover:text-ink pointer-coarse:sr-only";

/**
 * Beside a bubble, under the mouse: react, answer, everything. The last one is there for keyboards and screen readers as well;
 * its icon is drawn by hand, as it stands in every row: the component of the icon set took a tenth of a row's time.
 */
export function MessageTools({ ref, message, mine, shown }: Props) {
  const t = useText();
  const { openMenu, reply } = useRowActions();
  const gone = message.unsentAt !== null;
  return (
    <div className={classes("relative flex shrink-0 items-center", mine && "flex-row-reverse")}>
      <button
        ref={ref}
        type="button"
        tabIndex={-1}
        data-menu
        aria-label={t("message.actions")}
        aria-haspopup="menu"
        onClick={({ currentTarget }) => openMenu({ message, mine, anchor: currentTarget, parts: "all" })}
        className={classes(look, !shown && "opacity-0 focus-visible:opacity-100")}
      >
        <svg viewBox="0 0 24 24" aria-hidden className="size-4.5 fill-none stroke-current stroke-[2.5]">
          <path d="M5 12h.01M12 12h.01M19 12h.01" strokeLinecap="round" />
        </svg>
      </button>
      {shown && !gone && (
        <div className={classes("absolute flex items-center", mine ? "end-full flex-row-reverse" : "start-full")}>
          <button
            type="button"
            tabIndex={-1}
            aria-label={t("message.react")}
            title={t("message.react")}
            aria-haspopup="true"
            onClick={({ currentTarget }) => openMenu({ message, mine, anchor: currentTarget, parts: "reactions" })}
            className={look}
          >
            <SmilePlus size={18} strokeWidth={1.75} aria-hidden />
          </button>
          <button
            type="button"
            tabIndex={-1}
            aria-label={t("message.reply")}
            title={t("message.reply")}
            onClick={() => reply(message)}
            className={look}
          >
            <Reply size={18} strokeWidth={1.75} aria-hidden />
          </button>
        </div>
      )}
    </div>
  );
}
