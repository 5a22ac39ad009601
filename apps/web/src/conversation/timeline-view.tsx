import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
  type RefObject,
  type UIEvent,
} from "react";
import { Virtualizer, type CustomItemComponentProps, type VirtualizerHandle } from "virtua";
import { Spinner } from "../controls/spinner.tsx";
import { useText } from "../text/intl.tsx";
import { afterFrames } from "./after-frames.ts";
import { useLetGo, type KeepAround } from "./let-go.ts";
import { moveAlongMessages } from "./message-keys.ts";
import { Row } from "./row.tsx";
import type { TimelineRow } from "./timeline.ts";
import { ToEnd } from "./to-end.tsx";
import { StillnessContext } from "./stillness.ts";
import { useDrawnAhead } from "./use-drawn-ahead.ts";
import { useReadingPlace, type Goal } from "./use-reading-place.ts";

interface Props {
  rows: readonly TimelineRow[];
  /** Above the first message, when everything older is here. */
  beginning: ReactNode;
  hasOlder: boolean;
  hasNewer: boolean;
  loading: boolean;
  otherName: string;
  goal: Goal | null;
  /** The message that somebody was led to, for a moment. */
  highlightedSeq: number | null;
  /** Messages that others have read up to, and who. */
  readers: ReadonlyMap<number, readonly string[]>;
  /** Messages with a change of mine that is on its way. */
  waiting: ReadonlySet<string>;
  newCount: number;
  onLoadOlder: () => void;
  onLoadNewer: () => void;
  onLatest: () => void;
  onKeepAround: KeepAround;
  onSeen: (seq: number) => void;
}

const loadAheadPixels = 2_000;
/** The one in which its rows are drawn, and the one in which they are measured. */
const framesOfALeap = 2;

/** The scrolled list: opens at what is new or at its end, stays there while one is there, and keeps its place when others come. */
export function TimelineView(props: Props) {
  const t = useText();
  const { rows, hasOlder, hasNewer, loading, otherName } = props;
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const { shift, cut, epoch } = useMoves(rows);
  const { goal, onSeen } = props;
  const place = useReadingPlace({ list, scroller, head, rows, epoch, hasNewer, goal, onSeen });

  const drawn = useDrawnAhead(list);
  const holding = useLetGo({ list, scroller, rows, keepAround: props.onKeepAround });
  useCutTold({ cut, rows, scroller });
  const onMove = (event: UIEvent<HTMLElement>) => {
    drawn.onMove(event);
    holding.onMove();
  };
  const onRest = () => {
    drawn.onRest();
    holding.onRest();
  };
  const { onScroll, onScrollFirst } = usePages(props, { list, scroller, onMove, follow: place.follow });
  const toEnd = () => {
    place.wantEnd();
    if (hasNewer) props.onLatest();
  };
  const draw = useDraw(props);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label={t("conversation.messages", { name: otherName })}
        onKeyDown={moveAlongMessages}
        onScrollCapture={onScrollFirst}
        className="scroll-quiet flex h-full flex-col overflow-y-auto px-3 outline-offset-[-2px] [overflow-anchor:none] md:px-6"
      >
        <Head ref={head} {...{ hasOlder, loading }} beginning={props.beginning} />
        <StillnessContext value={drawn.stillness}>
          <Virtualizer
            key={epoch}
            ref={list}
            scrollRef={scroller}
            as="ol"
            item={Item}
            data={rows}
            shift={shift}
            onScroll={onScroll}
            onScrollEnd={onRest}
            bufferSize={drawn.aheadPixels}
            startMargin={place.headPixels}
          >
            {draw}
          </Virtualizer>
        </StillnessContext>
        <div className="h-2 shrink-0" />
      </div>
      {!place.atEnd && rows.length > 0 && <ToEnd count={props.newCount} onPress={toEnd} />}
    </div>
  );
}

interface PagesOptions {
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLElement | null>;
  onMove: (event: UIEvent<HTMLElement>) => void;
  follow: () => void;
}

/** Pages are asked for before one reaches them. */
function usePages(props: Props, { list, scroller, onMove, follow }: PagesOptions) {
  const { rows, hasOlder, hasNewer, loading } = props;
  const olderSoon = useSoon(() => {
    const element = scroller.current;
    if (hasOlder && !loading && element !== null && element.scrollTop < loadAheadPixels) props.onLoadOlder();
  });
  const newerSoon = useSoon(() => {
    const at = list.current;
    if (!hasNewer || loading || at === null) return;
    if (at.scrollSize - at.scrollOffset - at.viewportSize < loadAheadPixels) props.onLoadNewer();
  });

  // At an edge nobody can scroll on: what was not asked for while the conversation loaded, or had no network, is asked for after it.
  useEffect(() => {
    if (hasOlder && !loading) olderSoon();
    if (hasNewer && !loading) newerSoon();
  }, [rows, hasOlder, hasNewer, loading, olderSoon, newerSoon]);

  /** Not told by virtua: at the very top it may take a scroll for none, and nobody could scroll on. */
  const onScrollFirst = (event: UIEvent<HTMLElement>) => {
    // A box in a row may scroll as well: virtua hears nothing of it, and would never say that it ended.
    if (event.target !== event.currentTarget) return;
    onMove(event);
    olderSoon();
  };
  const onScroll = () => {
    follow();
    newerSoon();
  };
  return { onScroll, onScrollFirst };
}

/** Once, when what the scroll brought into sight is drawn: the page would come into the same frame. */
function useSoon(work: () => void): () => void {
  const latest = useRef(work);
  const waiting = useRef<() => void>(undefined);
  useLayoutEffect(() => {
    latest.current = work;
  });
  useEffect(
    () => () => {
      waiting.current?.();
      waiting.current = undefined;
    },
    [],
  );
  return useCallback(() => {
    waiting.current ??= afterFrames(framesOfALeap, () => {
      waiting.current = undefined;
      latest.current();
    });
  }, []);
}

interface CutOptions extends Pick<Props, "rows"> {
  cut: boolean;
  scroller: RefObject<HTMLDivElement | null>;
}

/** After a leap that far virtua has to hear of it, or it takes its next step from where the list was. */
function useCutTold({ cut, rows, scroller }: CutOptions): void {
  useLayoutEffect(() => {
    if (cut) scroller.current?.dispatchEvent(new Event("scroll"));
  }, [cut, rows, scroller]);
}

/** A row of the list; the same function until something changes that is not in the rows. */
function useDraw({ rows, otherName, readers, waiting, highlightedSeq }: Props) {
  const lastKey = rows.at(-1)?.key;
  return useCallback(
    (row: TimelineRow) => (
      <Row
        key={row.key}
        row={row}
        otherName={otherName}
        newest={row.key === lastKey}
        readers={row.is === "message" ? readers.get(row.message.seq) : undefined}
        waiting={row.is === "message" && waiting.has(row.message.id)}
        highlighted={row.is === "message" && row.message.seq === highlightedSeq}
      />
    ),
    [otherName, lastKey, readers, waiting, highlightedSeq],
  );
}

/**
 * What is the same for all rows is a class of them. virtua hides what it has not measured: `visibility` would be handed down, and each box
 * in it be styled once more as soon as it is.
 */
function Item({ style: { top, visibility }, children, ref }: CustomItemComponentProps) {
  return (
    <li
      ref={ref}
      className="absolute start-0 w-full contain-[layout_style]"
      style={{ top, opacity: visibility === "hidden" ? 0 : undefined }}
    >
      {children}
    </li>
  );
}

interface HeadProps extends Pick<Props, "hasOlder" | "loading" | "beginning"> {
  ref: RefObject<HTMLDivElement | null>;
}

/** Above the first row: that there is more, or where the conversation begins. Few rows stand at the bottom of the screen. */
function Head({ ref, hasOlder, loading, beginning }: HeadProps) {
  return (
    <div ref={ref} className="flex flex-[1_0_auto] flex-col">
      <div className="min-h-4 flex-1" />
      {hasOlder ? (
        <div className="grid h-12 shrink-0 place-items-center text-ink-2">{loading && <Spinner />}</div>
      ) : (
        beginning
      )}
    </div>
  );
}

interface Moves {
  rows: readonly TimelineRow[];
  /** virtua keeps the place from the end only in the render in which rows were put before the first one, or taken away there. */
  shift: boolean;
  /** Rows were taken away there. */
  cut: boolean;
  /** Counts the times that all rows were exchanged for others. */
  epoch: number;
}

function useMoves(rows: readonly TimelineRow[]): Moves {
  const [seen, setSeen] = useState<Moves>({ rows, shift: false, cut: false, epoch: 0 });
  if (seen.rows === rows) return seen;
  const before = spanOf(seen.rows);
  const now = spanOf(rows);
  const apart = before !== null && now !== null && (now.last < before.first || now.first > before.last);
  const shift = before !== null && now !== null && !apart && now.first !== before.first;
  const cut = shift && now.first > before.first;
  const next = { rows, shift, cut, epoch: seen.epoch + Number(apart) };
  setSeen(next);
  return next;
}

function spanOf(rows: readonly TimelineRow[]): { first: number; last: number } | null {
  const first = rows.find((row) => row.is === "message");
  const last = rows.findLast((row) => row.is === "message");
  if (first?.is !== "message" || last?.is !== "message") return null;
  return { first: first.message.seq, last: last.message.seq };
}
