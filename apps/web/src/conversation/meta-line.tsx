import Check from "lucide-react/icons/check";
import CheckCheck from "lucide-react/icons/check-check";
import Clock from "lucide-react/icons/clock";
import { Avatar } from "../controls/avatar.tsx";
import { classes } from "../controls/classes.ts";
import { useText } from "../text/intl.tsx";
import { clockTime, fullTime } from "../text/time.ts";
import type { MessageItem } from "./timeline.ts";
import { useSenders } from "./use-senders.ts";

interface Props {
  item: MessageItem;
  /** A sender's picture stands before the bubble. */
  beside: boolean;
  readers: readonly string[] | undefined;
  waiting: boolean;
}

/** Below a bubble, where somebody would wonder: when it was, whether it is sent, who has read it (C8). */
export function MetaLine({ item, beside, readers, waiting }: Props) {
  const t = useText();
  const { members } = useSenders();
  const { message, mine, showTime } = item;
  const read = readers !== undefined && readers.length > 0;
  const sentMark = mine && message.unsentAt === null && showTime;
  return (
    <p
      className={classes(
        "flex min-h-5 max-w-full items-center gap-1 px-1 pt-1 text-12 text-ink-2 tabular",
        beside && "ms-9",
      )}
    >
      {showTime && (
        <time dateTime={message.createdAt} title={fullTime(message.createdAt)}>
          {clockTime(message.createdAt)}
        </time>
      )}
      {waiting ? (
        <Clock size={13} strokeWidth={2} role="img" aria-label={t("message.waiting")} />
      ) : read && members === undefined ? (
        mine && (
          <>
            <CheckCheck size={14} strokeWidth={2} className="text-accent-text" aria-hidden />
            <span>{t("receipt.read")}</span>
          </>
        )
      ) : (
        sentMark && !read && <Check size={14} strokeWidth={2} role="img" aria-label={t("message.sent")} />
      )}
      {read && members !== undefined && <Readers personIds={readers} />}
    </p>
  );
}

const picturesMost = 5;

function Readers({ personIds }: { personIds: readonly string[] }) {
  const t = useText();
  const { person, nameOf } = useSenders();
  const label = t("receipt.readBy", { names: personIds.map(nameOf).join(", ") });
  const shown = personIds.slice(0, picturesMost).flatMap((id) => person(id) ?? []);
  return (
    <span role="img" aria-label={label} title={label} className="flex items-center gap-0.5">
      {shown.map((one) => (
        <Avatar key={one.id} person={one} sizePixels={16} />
      ))}
      {personIds.length > shown.length && <span aria-hidden>+{personIds.length - shown.length}</span>}
    </span>
  );
}
