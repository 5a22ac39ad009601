import type { Message, PersonBrief } from "@sotto/protocol/types.ts";
import { useRef } from "react";
import { Avatar } from "../controls/avatar.tsx";
import { classes } from "../controls/classes.ts";
import { useText } from "../text/intl.tsx";
import { fullTime } from "../text/time.ts";
import { bubbleLook } from "./bubble.tsx";
import { isPlainWords, MessageContent } from "./message-content.tsx";
import { MessageTools } from "./message-tools.tsx";
import { MetaLine } from "./meta-line.tsx";
import { Reactions } from "./reactions.tsx";
import { RichParts } from "./rich-text.tsx";
import type { MessageItem } from "./timeline.ts";
import { useLongPress } from "./use-long-press.ts";
import { useTools } from "./use-tools.ts";

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
  const { tools, watch } = useTools();
  const { message, mine, last } = item;
  const box = <Box item={item} senderName={senderName} tools={tools} />;
  return (
    <article
      aria-label={t("message.label", { name: mine ? t("inbox.you") : senderName, time: fullTime(message.createdAt) })}
      data-message={message.id}
      tabIndex={newest ? 0 : -1}
      {...watch}
      className={classes(
        "-mx-3 flex flex-col px-3 outline-offset-[-2px] md:-mx-6 md:px-6",
        mine ? "items-end" : "items-start",
        last ? "pb-2.5" : "pb-0.5",
        highlighted && "enter-highlight",
      )}
    >
      {sender === undefined ? (
        box
      ) : (
        <>
          {item.opens && (
            <p aria-hidden className="ms-9 max-w-full truncate px-1 pb-1 text-12 font-semibold text-ink-2">
              {senderName}
            </p>
          )}
          <div className="flex w-full items-center gap-2 pe-8">
            <span className="w-7 shrink-0 self-end">{item.closes && <Avatar person={sender} sizePixels={28} />}</span>
            {box}
          </div>
        </>
      )}
      {(item.showTime || meta.waiting || meta.readers !== undefined) && (
        <MetaLine item={item} beside={sender !== undefined} {...meta} />
      )}
    </article>
  );
}

interface BoxProps {
  item: MessageItem;
  senderName: string;
  tools: ReturnType<typeof useTools>["tools"];
}

/**
 * The bubble, and what hangs on it. Words and nothing else, as most messages are, are one box with it; it stays the same element when a
 * reaction or an edit makes them more, so that the menu that brought it about gives the focus back to what is still there.
 */
function Box({ item, senderName, tools }: BoxProps) {
  const menu = useRef<HTMLButtonElement>(null);
  const press = useLongPress(() => menu.current?.click());
  const { message, mine } = item;
  const plain = isPlainWords(message);
  const look = plain
    ? classes("plain-words along-parent wrap-text px-3.5 py-2 text-16 md:text-14", bubbleLook(item))
    : classes("flex flex-col", mine ? "items-end" : "items-start");
  return (
    <div {...press} className={classes("bubble-box", tools !== "none" && "relative", look)}>
      {plain ? (
        <RichParts text={message.text} mentionIds={message.mentionIds} />
      ) : message.unsentAt === null ? (
        <MessageContent item={item} senderName={senderName} />
      ) : (
        <Tombstone message={message} mine={mine} />
      )}
      {message.reactions !== undefined && <Reactions message={message} mine={mine} />}
      {tools !== "none" && <MessageTools ref={menu} message={message} mine={mine} shown={tools === "all"} />}
    </div>
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
