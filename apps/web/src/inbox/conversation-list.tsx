import type { Conversation } from "@sotto/protocol/types.ts";
import { useRef, type ReactNode } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { useMe } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { roveRows } from "./rove.ts";
import { InboxRow } from "./row.tsx";

interface Props {
  label: string;
  conversations: readonly Conversation[];
  /** Absent: everything is here. */
  onLoadOlder: (() => Promise<void>) | undefined;
  /** The conversation on the screen, by its id or by its person's. */
  current: string | null;
  empty: ReactNode;
}

const rowPixels = 74;
const loadAheadPixels = 800;

/** Any number of rows; only the ones in sight are in the page. */
export function ConversationList({ label, conversations, onLoadOlder, current, empty }: Props) {
  const t = useText();
  const me = useMe();
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLElement>(null);
  const loading = useRef(false);

  const onScroll = () => {
    const at = list.current;
    if (at === null || onLoadOlder === undefined || loading.current) return;
    if (at.scrollSize - at.scrollOffset - at.viewportSize > loadAheadPixels) return;
    loading.current = true;
    void onLoadOlder()
      .catch(() => {})
      .finally(() => (loading.current = false));
  };

  if (conversations.length === 0) return <div className="min-h-0 flex-1">{empty}</div>;
  return (
    <nav
      ref={scroller}
      aria-label={label}
      onKeyDown={roveRows}
      className="scroll-quiet min-h-0 flex-1 overflow-y-auto px-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]"
    >
      <Virtualizer ref={list} scrollRef={scroller} as="ul" item="li" itemSize={rowPixels} onScroll={onScroll}>
        {conversations.map((conversation) => (
          <div key={conversation.id} className="pb-0.5">
            <InboxRow conversation={conversation} myId={me.id} current={isCurrent(conversation, current)} />
          </div>
        ))}
      </Virtualizer>
      {onLoadOlder !== undefined && <p className="sr-only">{t("inbox.more")}</p>}
    </nav>
  );
}

function isCurrent(conversation: Conversation, current: string | null): boolean {
  if (conversation.id === current) return true;
  return current !== null && conversation.kind === "direct" && conversation.people[0]?.id === current;
}
