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
const place = "absolute inset-y-0 my-auto";

/**
 * Beside a bubble, under the mouse: react, answer, everything. The last one is there for keyboards and screen readers as well: it
 * stands in every row, so it is one box, whose dots are a background and are painted only where they are seen.
 */
export function MessageTools({ ref, message, mine, shown }: Props) {
  const t = useText();
  const { openMenu, reply } = useRowActions();
  const gone = message.unsentAt !== null;
  return (
    <>
      <button
        ref={ref}
        type="button"
        tabIndex={-1}
        data-menu
        aria-label={t("message.actions")}
        aria-haspopup="menu"
        onClick={({ currentTarget }) => openMenu({ message, mine, anchor: currentTarget, parts: "all" })}
        className={classes(
          look,
          place,
          mine ? "end-full me-1" : "start-full ms-1",
          shown ? "dots" : "focus-visible:dots",
        )}
      />
      {shown && !gone && (
        <span
          className={classes(
            place,
            "flex h-8 items-center",
            mine ? "end-full me-9 flex-row-reverse" : "start-full ms-9",
          )}
        >
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
        </span>
      )}
    </>
  );
}
