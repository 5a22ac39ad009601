import type { Message, PersonBrief } from "@sotto/protocol/types.ts";
import ArrowDown from "lucide-react/icons/arrow-down";
import { useRef, useState, type ReactNode } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { Spinner } from "../controls/spinner.tsx";
import { useText } from "../text/intl.tsx";
import { dayName } from "../text/time.ts";
import { GroupMessageRow } from "./group-message-row.tsx";
import { MessageRow } from "./message-row.tsx";
import { OutgoingRow } from "./outgoing-row.tsx";
import type { TimelineItem } from "./timeline.ts";
import { useEndOfList } from "./use-end-of-list.ts";

interface Props {
  items: readonly TimelineItem[];
  /** Above the first message, when everything older is here. */
  beginning: ReactNode;
  hasOlder: boolean;
  loading: boolean;
  otherName: string;
  /** Of a group: its members, by id. */
  members: ReadonlyMap<string, PersonBrief> | undefined;
  onLoadOlder: () => void;
  /** The newest message is in sight. */
  onSeenEnd: () => void;
  onOpenPhoto: (mediaId: string) => void;
  onUnsend: (message: Message) => void;
  onRetry: (clientId: string) => void;
  onCancel: (clientId: string) => void;
}

const loadAheadPixels = 600;

/** The scrolled list: opens at its end (or at the unread line), stays there while one is there, and keeps its place when older ones come. */
export function TimelineView(props: Props) {
  const t = useText();
  const { items, hasOlder, loading } = props;
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const { shift } = usePrepended(items);
  const { atEnd, follow, toEnd, headPixels } = useEndOfList({
    list,
    scroller,
    head,
    items,
    onSeenEnd: props.onSeenEnd,
  });

  const onScroll = () => {
    follow();
    if (hasOlder && !loading && (list.current?.scrollOffset ?? Infinity) < loadAheadPixels) props.onLoadOlder();
  };

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label={t("conversation.messages", { name: props.otherName })}
        className="scroll-quiet flex h-full flex-col overflow-y-auto px-3 outline-offset-[-2px] [overflow-anchor:none] md:px-6"
      >
        <div ref={head} className="flex flex-[1_0_auto] flex-col">
          <div className="min-h-4 flex-1" />
          {hasOlder ? (
            <div className="grid h-12 shrink-0 place-items-center text-ink-2">{loading && <Spinner />}</div>
          ) : (
            props.beginning
          )}
        </div>
        <Virtualizer
          ref={list}
          scrollRef={scroller}
          as="ol"
          item="li"
          shift={shift}
          onScroll={onScroll}
          bufferSize={600}
          startMargin={headPixels}
        >
          {items.map((item) => (
            <Row key={item.key} item={item} {...props} />
          ))}
        </Virtualizer>
        <div className="h-2 shrink-0" />
      </div>
      {!atEnd && items.length > 0 && (
        <button
          type="button"
          onClick={toEnd}
          aria-label={t("conversation.toEnd")}
          title={t("conversation.toEnd")}
          className="absolute end-4 bottom-3 grid size-11 place-items-center rounded-full border border-line bg-raised text-ink shadow-float enter-rise hover:bg-sunk"
        >
          <ArrowDown size={20} strokeWidth={1.75} aria-hidden />
        </button>
      )}
    </div>
  );
}

function Row({ item, ...props }: Props & { item: TimelineItem }) {
  switch (item.is) {
    case "day":
      return <DayLine atMs={item.atMs} />;
    case "unread":
      return <UnreadLine />;
    case "message": {
      const { members, otherName, onOpenPhoto, onUnsend } = props;
      if (members === undefined || item.mine)
        return <MessageRow {...{ item, onOpenPhoto, onUnsend }} senderName={otherName} />;
      return <GroupMessageRow {...{ item, members, onOpenPhoto, onUnsend }} />;
    }
    case "outgoing":
      return <OutgoingRow item={item} onRetry={props.onRetry} onCancel={props.onCancel} />;
    default:
      return item satisfies never;
  }
}

function DayLine({ atMs }: { atMs: number }) {
  const t = useText();
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

/** virtua keeps the place from the end only while items are being put before the first one. */
function usePrepended(items: readonly TimelineItem[]): { shift: boolean } {
  const [seen, setSeen] = useState({ first: firstMessageKey(items), shift: false });
  const first = firstMessageKey(items);
  if (seen.first === first) return seen;
  const shift = seen.first !== undefined && items.some((item) => item.key === seen.first);
  const next = { first, shift };
  setSeen(next);
  return next;
}

function firstMessageKey(items: readonly TimelineItem[]): string | undefined {
  return items.find((item) => item.is === "message" || item.is === "outgoing")?.key;
}
