import type { Message } from "@sotto/protocol/types.ts";
import Forward from "lucide-react/icons/forward";
import Pin from "lucide-react/icons/pin";
import Timer from "lucide-react/icons/timer";
import { classes } from "../controls/classes.ts";
import { PreviewCard } from "../link-preview/preview-card.tsx";
import { Photo } from "../photo/photo.tsx";
import { useText } from "../text/intl.tsx";
import { comingTime } from "../text/time.ts";
import { Bubble } from "./bubble.tsx";
import { OnceCard } from "./once-card.tsx";
import { ProfileCard } from "./profile-card.tsx";
import { QuoteView } from "./quote-view.tsx";
import { isEmojiOnly, RichText } from "./rich-text.tsx";
import { useRowActions } from "./row-actions.ts";
import type { MessageItem } from "./timeline.ts";

interface Props {
  item: MessageItem;
  senderName: string;
}

/** What a message says, in its bubble: what it answers, its photo, its words, and what became of it. */
export function MessageContent({ item, senderName }: Props) {
  const { message, mine } = item;
  if (isBareEmoji(item)) return <p className="px-1 text-[2.5rem] leading-tight">{message.text}</p>;
  const photos = message.media.length > 0;
  return (
    <Bubble {...item} flush={photos}>
      {message.forwarded === true && <Origin />}
      {message.replyTo !== undefined && (
        <div className={classes("p-1.5", !photos && "pb-0", photos ? "w-0 min-w-full" : "min-w-40")}>
          <QuoteView quote={message.replyTo} mine={mine} />
        </div>
      )}
      {message.viewOnce !== undefined && <OnceCard message={message} mine={mine} />}
      {message.card !== undefined && <ProfileCard person={message.card} mine={mine} />}
      {photos && <Photos item={item} senderName={senderName} />}
      <Text item={item} />
      {message.preview !== undefined && <PreviewCard preview={message.preview} mine={mine} />}
    </Bubble>
  );
}

/** Words in a bubble are all of it. */
export function isPlainWords(message: Message): boolean {
  const { text, preview, expiresAt, unsentAt, reactions } = message;
  const bare = preview === undefined && expiresAt === undefined && unsentAt === null && reactions === undefined;
  return bare && isBare(message) && text !== "" && !isEmojiOnly(text);
}

function isBareEmoji({ message }: MessageItem): boolean {
  return isBare(message) && isEmojiOnly(message.text);
}

function isBare(message: Message): boolean {
  const alone = message.media.length === 0 && message.card === undefined && message.viewOnce === undefined;
  const plain = message.replyTo === undefined && message.editedAt === undefined && message.pinnedAt === undefined;
  return alone && plain && message.forwarded !== true;
}

function Origin() {
  const t = useText();
  return (
    <p className="flex items-center gap-1 px-3.5 pt-2 text-12 font-medium italic">
      <Forward size={13} strokeWidth={2} aria-hidden />
      {t("message.forwarded")}
    </p>
  );
}

function Photos({ item: { message, mine }, senderName }: Props) {
  const t = useText();
  const { openPhoto } = useRowActions();
  const label = t(mine ? "photo.mine" : "photo.theirs", { name: senderName });
  return message.media.map((media) => (
    <Photo
      key={media.id}
      media={media}
      label={message.text === "" ? label : `${label}: ${message.text}`}
      clientId={message.clientId}
      onOpen={() => openPhoto(media.id)}
    />
  ));
}

function Text({ item }: Pick<Props, "item">) {
  const { message } = item;
  const { text, mentionIds } = message;
  const marked = message.editedAt !== undefined || message.pinnedAt !== undefined || disappears(message);
  if (text === "" && !marked) return null;
  return (
    // The photo sets the width: a long caption wraps under it instead of stretching the bubble.
    <p className={classes("px-3.5 py-2 text-16 md:text-14", message.media.length > 0 && "w-0 min-w-full")}>
      {text !== "" && <RichText text={text} mentionIds={mentionIds} />}
      {marked && <Marks item={item} />}
    </p>
  );
}

/** Something that opens once says so itself. */
function disappears({ expiresAt, viewOnce }: Message): boolean {
  return expiresAt !== undefined && viewOnce === undefined;
}

function Marks({ item: { message } }: Pick<Props, "item">) {
  const t = useText();
  return (
    <span className="ms-2 inline-flex translate-y-0.5 items-center gap-1 align-baseline text-12">
      {message.pinnedAt !== undefined && <Pin size={12} strokeWidth={2} role="img" aria-label={t("message.pinned")} />}
      {message.expiresAt !== undefined && disappears(message) && (
        <Timer
          size={12}
          strokeWidth={2}
          role="img"
          aria-label={t("message.disappears", { when: comingTime(message.expiresAt) })}
        />
      )}
      {message.editedAt !== undefined && <span>{t("message.edited")}</span>}
    </span>
  );
}
