import type { Conversation } from "@sotto/protocol/types.ts";
import BellOff from "lucide-react/icons/bell-off";
import Pin from "lucide-react/icons/pin";
import { Link } from "wouter";
import { Avatar } from "../controls/avatar.tsx";
import { classes } from "../controls/classes.ts";
import { isMuted } from "../conversation/actions.tsx";
import { counterpart } from "../conversation/counterpart.ts";
import { useText } from "../text/intl.tsx";
import { rowTime } from "../text/time.ts";
import { useToday } from "../text/use-today.ts";
import { summary, unreadText } from "./summary.ts";

interface Props {
  conversation: Conversation;
  myId: string;
  current: boolean;
}

export function InboxRow({ conversation, myId, current }: Props) {
  const t = useText();
  const person = counterpart(t, conversation);
  return (
    <Link
      href={`/c/${conversation.id}`}
      data-row
      aria-current={current ? "page" : undefined}
      className={classes(
        "flex min-h-[72px] items-center gap-3 rounded-card px-3 outline-offset-[-2px] transition-colors duration-(--quick)",
        current ? "bg-raised shadow-[0_1px_2px_rgb(0_0_0/6%)]" : "hover:bg-raised/70",
      )}
    >
      <Avatar person={person} sizePixels={48} />
      <span className="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)] gap-0.5">
        <FirstLine conversation={conversation} name={person.name} />
        <SecondLine conversation={conversation} myId={myId} />
      </span>
    </Link>
  );
}

function FirstLine({ conversation, name }: { conversation: Conversation; name: string }) {
  const t = useText();
  const waiting = conversation.unread > 0 && !isMuted(conversation);
  useToday();
  return (
    <span className="flex items-baseline gap-2">
      <span className="min-w-0 flex-1 truncate text-14 font-semibold">{name}</span>
      {conversation.pinned && (
        <Pin
          size={12}
          strokeWidth={2}
          role="img"
          aria-label={t("inbox.pinned")}
          className="shrink-0 self-center text-ink-2"
        />
      )}
      <time
        dateTime={conversation.activityAt}
        className={classes("shrink-0 text-12 tabular", waiting ? "font-semibold text-accent-text" : "text-ink-2")}
      >
        {rowTime(conversation.activityAt)}
      </time>
    </span>
  );
}

function SecondLine({ conversation, myId }: Pick<Props, "conversation" | "myId">) {
  const t = useText();
  const { lead, text, italic } = summary(t, conversation, myId);
  const unread = conversation.unread > 0;
  const muted = isMuted(conversation);
  return (
    <span className="flex min-h-5 items-center gap-2">
      <span
        className={classes(
          "flex min-w-0 flex-1 gap-1 text-14",
          unread ? "font-medium text-ink" : "text-ink-2",
          italic && "italic",
        )}
      >
        {lead !== undefined && <span className="max-w-1/2 shrink-0 truncate">{lead}</span>}
        {/* What does not fit is cut off where the words end, whichever way they run. */}
        <span dir="auto" className="min-w-0 flex-1 truncate along-parent">
          {text}
        </span>
      </span>
      {muted && (
        <BellOff size={14} strokeWidth={2} role="img" aria-label={t("inbox.muted")} className="shrink-0 text-ink-2" />
      )}
      {unread && (
        <span
          className={classes(
            "grid h-5 min-w-6 shrink-0 place-items-center rounded-full px-1.5 text-12 font-semibold tabular",
            muted ? "bg-line text-ink" : "bg-accent text-accent-ink",
          )}
        >
          <span aria-hidden>{unreadText(conversation.unread)}</span>
          <span className="sr-only">{t("inbox.unread", { count: unreadText(conversation.unread) })}</span>
        </span>
      )}
    </span>
  );
}
