import type { Message, PersonBrief } from "@sotto/protocol/types.ts";
import Check from "lucide-react/icons/check";
import { useRef } from "react";
import { Avatar } from "../controls/avatar.tsx";
import { classes } from "../controls/classes.ts";
import { Photo } from "../photo/photo.tsx";
import { useText } from "../text/intl.tsx";
import { clockTime, fullTime } from "../text/time.ts";
import { Bubble } from "./bubble.tsx";
import { MessageMenu } from "./message-menu.tsx";
import { isEmojiOnly, RichText } from "./rich-text.tsx";
import type { TimelineItem } from "./timeline.ts";
import { useLongPress } from "./use-long-press.ts";

interface Props {
  item: Extract<TimelineItem, { is: "message" }>;
  senderName: string;
  /** In a group, of another's message: shown with it. */
  sender?: PersonBrief;
  onOpenPhoto: (mediaId: string) => void;
  onUnsend: (message: Message) => void;
}

export function MessageRow({ item, senderName, sender, onOpenPhoto, onUnsend }: Props) {
  const t = useText();
  const menu = useRef<HTMLButtonElement>(null);
  const press = useLongPress(() => menu.current?.click());
  const { message, mine, last, showTime } = item;
  const unsent = message.unsentAt !== null;
  return (
    <article
      aria-label={t("message.label", { name: mine ? t("inbox.you") : senderName, time: fullTime(message.createdAt) })}
      className={classes("group/message flex flex-col", mine ? "items-end" : "items-start", last ? "pb-2.5" : "pb-0.5")}
    >
      {sender !== undefined && item.opens && (
        <p
          aria-hidden
          className={classes("max-w-full truncate px-1 pb-1 text-12 font-semibold text-ink-2", besidePicture)}
        >
          {sender.name}
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
        <div className="min-w-0 max-w-[34rem]">
          {unsent ? <Tombstone mine={mine} /> : <Content {...{ item, senderName, onOpenPhoto }} />}
        </div>
        {!unsent && <MessageMenu ref={menu} message={message} mine={mine} onUnsend={onUnsend} />}
      </div>
      {showTime && (
        <p
          className={classes(
            "flex items-center gap-1 px-1 pt-1 text-12 text-ink-2 tabular",
            sender !== undefined && besidePicture,
          )}
        >
          <time dateTime={message.createdAt} title={fullTime(message.createdAt)}>
            {clockTime(message.createdAt)}
          </time>
          {mine && !unsent && <Check size={14} strokeWidth={2} role="img" aria-label={t("message.sent")} />}
        </p>
      )}
    </article>
  );
}

/** The width of the picture and its gap. */
const besidePicture = "ms-9";

type ContentProps = Pick<Props, "item" | "senderName" | "onOpenPhoto">;

function Content({ item, senderName, onOpenPhoto }: ContentProps) {
  const t = useText();
  const { message, mine } = item;
  if (message.media.length === 0) return <Words item={item} />;
  const label = t(mine ? "photo.mine" : "photo.theirs", { name: senderName });
  return (
    <Bubble {...item} flush>
      {message.media.map((media) => (
        <Photo
          key={media.id}
          media={media}
          label={message.text === "" ? label : `${label}: ${message.text}`}
          clientId={message.clientId}
          onOpen={() => onOpenPhoto(media.id)}
        />
      ))}
      {message.text !== "" && (
        // The photo sets the width: a long caption wraps under it instead of stretching the bubble.
        <p className="w-0 min-w-full px-3.5 pt-2 pb-2.5 text-16 md:text-14">
          <RichText text={message.text} />
        </p>
      )}
    </Bubble>
  );
}

function Words({ item }: { item: Props["item"] }) {
  const { text } = item.message;
  if (isEmojiOnly(text)) return <p className="px-1 text-[2.5rem] leading-tight">{text}</p>;
  return (
    <Bubble {...item}>
      <p className="px-3.5 py-2 text-16 md:text-14">
        <RichText text={text} />
      </p>
    </Bubble>
  );
}

/** R9: that something was taken back stays visible; what it was does not. */
function Tombstone({ mine }: { mine: boolean }) {
  const t = useText();
  return (
    <p className="w-fit rounded-bubble border border-line px-3.5 py-2 text-14 text-ink-2 italic">
      {t(mine ? "message.unsentByMe" : "message.unsent")}
    </p>
  );
}
