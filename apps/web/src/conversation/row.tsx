import { memo } from "react";
import { useText } from "../text/intl.tsx";
import { dayName } from "../text/time.ts";
import { useToday } from "../text/use-today.ts";
import { GroupMessageRow } from "./group-message-row.tsx";
import { MessageRow, type MessageRowProps } from "./message-row.tsx";
import { OutgoingRow } from "./outgoing-row.tsx";
import type { TimelineRow } from "./timeline.ts";
import { useSenders } from "./use-senders.ts";

interface Props extends Omit<MessageRowProps, "item" | "senderName" | "sender"> {
  row: TimelineRow;
  otherName: string;
}

/** One row of the list, and what stands above it. Drawn again only when something of it changed. */
export const Row = memo(function Row({ row, otherName, ...rest }: Props) {
  const { members } = useSenders();
  return (
    <>
      {row.day && <DayLine atMs={row.atMs} />}
      {row.unread && <UnreadLine />}
      {row.is === "outgoing" ? (
        <OutgoingRow item={row} />
      ) : members === undefined || row.mine ? (
        <MessageRow item={row} senderName={otherName} {...rest} />
      ) : (
        <GroupMessageRow item={row} {...rest} />
      )}
    </>
  );
});

function DayLine({ atMs }: { atMs: number }) {
  const t = useText();
  useToday();
  const day = dayName(atMs);
  return (
    <h2 className="pt-4 pb-3 text-center text-12 font-medium text-ink-2">
      {day.is === "date" ? day.text : t(`day.${day.is}`)}
    </h2>
  );
}

function UnreadLine() {
  const t = useText();
  return (
    <h2 className="flex items-center gap-3 py-3 text-12 font-semibold text-accent-text before:h-px before:flex-1 before:bg-accent/40 after:h-px after:flex-1 after:bg-accent/40">
      {t("conversation.new")}
    </h2>
  );
}
