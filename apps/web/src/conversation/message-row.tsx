import type { Message, PersonBrief } from "@sotto/protocol/types.ts";
import { useRef } from "react";
import { Avatar } from "../controls/avatar.tsx";
import { classes } from "../controls/classes.ts";
import { useText } from "../text/intl.tsx";
import { fullTime } from "../text/time.ts";
import { isPlainWords, MessageContent, PlainWords } from "./message-content.tsx";
import { MessageTools } from "./message-tools.tsx";
import { MetaLine } from "./meta-line.tsx";
import { Reactions } from "./reactions.tsx";
import type { MessageItem } from "./timeline.ts";
import { useLongPress } from "./use-long-press.ts";
import { useHovered } from "./use-hovered.ts";

export interface MessageRowProps {
  item: MessageItem;
  senderName: string;
  /** In a group, of another's message: shown with it. */
  sender?: PersonBrief;
  /** Who has read up to here, of those who show it. */
  readers: readonly string[] | undefined;
  /** A change of mine is on its way. */
  waiting: boolean;
  /** Somebody was led here just now. */
  highlighted: boolean;
  /** The last one: where Tab enters the list. */
  newest: boolean;
}

export function MessageRow({ item, senderName, sender, highlighted, newest, ...meta }: MessageRowProps) {
  const t = useText();
  const menu = useRef<HTMLButtonElement>(null);
  const press = useLongPress(() => menu.current?.click());
  const { hovered, hover } = useHovered();
  const { message, mine, last } = item;
  const gone = message.unsentAt !== null;
  return (
    <article
      aria-label={t("message.label", { name: mine ? t("inbox.you") : senderName, time: fullTime(message.createdAt) })}
      data-message={message.id}
      tabIndex={newest ? 0 : -1}
      {...hover}
      className={classes(
        "group/message -mx-3 flex flex-col px-3 outline-offset-[-2px] md:-mx-6 md:px-6",
        mine ? "items-end" : "items-start",
        last ? "pb-2.5" : "pb-0.5",
        "transition-colors duration-(--open)",
        highlighted && "bg-accent-soft",
      )}
    >
      {sender !== undefined && item.opens && (
        <p aria-hidden className="ms-9 max-w-full truncate px-1 pb-1 text-12 font-semibold text-ink-2">
          {senderName}
        </p>
      )}
      <div
        className={classes(
          // Held, a message opens its menu: selecting its words would come in between.
          "flex max-w-full items-center gap-1 pointer-coarse:select-none pointer-coarse:[-webkit-touch-callout:none]",
          mine ? "flex-row-reverse ps-8 md:ps-20" : "pe-8 md:pe-20",
        )}
        {...press}
      >
        {sender !== undefined && (
          <span className="me-1 w-7 shrink-0 self-end">
            {item.closes && <Avatar person={sender} sizePixels={28} />}
          </span>
        )}
        {isPlainWords(message) ? (
          <PlainWords item={item} />
        ) : (
          <div className={classes("flex min-w-0 max-w-[34rem] flex-col", mine ? "items-end" : "items-start")}>
            {gone ? (
              <Tombstone message={message} mine={mine} />
            ) : (
              <MessageContent item={item} senderName={senderName} />
            )}
            {message.reactions !== undefined && <Reactions message={message} mine={mine} />}
          </div>
        )}
        <MessageTools ref={menu} message={message} mine={mine} shown={hovered} />
      </div>
      {(item.showTime || meta.waiting || meta.readers !== undefined) && (
        <MetaLine item={item} beside={sender !== undefined} {...meta} />
      )}
    </article>
  );
}

/** R9: that something was taken back, or has run out, stays visible; what it was does not. */
function Tombstone({ message, mine }: { message: Message; mine: boolean }) {
  const t = useText();
  const text =
    message.gone === "expired"
      ? t("message.expired")
      : message.gone === "opened"
        ? t("message.opened")
        : t(mine ? "message.unsentByMe" : "message.unsent");
  return <p className="w-fit rounded-bubble border border-line px-3.5 py-2 text-14 text-ink-2 italic">{text}</p>;
}
