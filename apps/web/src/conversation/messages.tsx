import type { Message, PersonBrief, Relation } from "@sotto/protocol/types.ts";
import { Suspense, useMemo } from "react";
import { part } from "../controls/part.tsx";
import { useText } from "../text/intl.tsx";
import { Announcer } from "./announcer.tsx";
import { Beginning } from "./beginning.tsx";
import { isGroup } from "./counterpart.ts";
import { JumpNotice } from "./jump-notice.tsx";
import { MessageDialogs } from "./message-dialogs.tsx";
import { PinnedBar } from "./pinned-bar.tsx";
import { RowActionsContext } from "./row-actions.ts";
import { createTimeline } from "./timeline.ts";
import { TimelineView } from "./timeline-view.tsx";
import type { OpenConversation } from "./use-conversation.ts";
import { useHiding } from "./use-hiding.ts";
import { useJump } from "./use-jump.ts";
import { useMarkSeen } from "./use-mark-seen.ts";
import { useMessageActions } from "./use-message-actions.ts";
import { useOpening } from "./use-opening.ts";
import { useReaders } from "./use-readers.ts";
import { useSenders } from "./use-senders.ts";

const MessageMenu = part(async () => (await import("./message-menu.tsx")).MessageMenu);

interface Props {
  open: OpenConversation;
  person: PersonBrief;
  relation: Relation | undefined;
  myId: string;
}

const nobody: ReadonlySet<string> = new Set();

/** The messages of a conversation, with what one can do to them. */
export function Messages({ open, person, relation, myId }: Props) {
  const t = useText();
  const { handle, state } = open;
  const { conversation } = state;
  const senders = useSenders();
  const opening = useOpening(open);
  const hiding = useHiding(handle);
  const jump = useJump(open, opening.settled);
  const actions = useMessageActions({ open, hide: hiding.hide, jump: jump.toSeq });
  const readers = useReaders(state);

  const draw = useMemo(() => createTimeline({ myId, readSeq: opening.readSeq }), [myId, opening.readSeq]);
  const messages = useMemo(() => without(state.messages, hiding.hidden), [state.messages, hiding.hidden]);
  const rows = useMemo(
    () =>
      opening.settled
        ? draw({ messages, hasOlder: state.hasOlder, outgoing: state.hasNewer ? [] : state.outgoing })
        : [],
    [draw, opening.settled, messages, state.hasOlder, state.outgoing, state.hasNewer],
  );
  const waiting = useMemo(() => (state.waiting.length === 0 ? nobody : new Set(state.waiting)), [state.waiting]);
  const markSeen = useMarkSeen(open);
  const memberCount = isGroup(conversation) ? conversation?.memberCount : undefined;
  const begun = state.messages.length > 0 || !state.loading;

  return (
    <RowActionsContext value={actions.row}>
      <PinnedBar open={open} hidden={hiding.hidden} onJump={jump.toSeq} onUnpin={actions.unpin} />
      {jump.missing && <JumpNotice onClose={jump.dismiss} />}
      <TimelineView
        rows={rows}
        beginning={begun ? <Beginning {...{ person, relation, memberCount }} /> : null}
        hasOlder={state.hasOlder || !opening.settled}
        hasNewer={state.hasNewer}
        loading={state.loading || !opening.settled}
        otherName={person.name}
        goal={jump.goal}
        highlightedSeq={jump.highlightedSeq}
        readers={readers}
        waiting={waiting}
        newCount={conversation?.unread ?? 0}
        onLoadOlder={() => void handle.loadOlder().catch(() => {})}
        onLoadNewer={() => void handle.loadNewer().catch(() => {})}
        onLatest={() => handle.toLatest()}
        onKeepAround={(seq, most) => handle.keepAround(seq, most)}
        onSeen={markSeen}
      />
      <Announcer messages={state.messages} myId={myId} nameOf={senders.nameOf} live={!state.hasNewer} t={t} />
      {actions.menu !== null && (
        <Suspense>
          <MessageMenu
            key={actions.menu.message.id + actions.menu.parts}
            asked={actions.menu}
            items={actions.menuItems(actions.menu)}
            mine={actions.myReactions(actions.menu.message)}
            onReact={actions.mayWrite ? actions.react : undefined}
            onClose={actions.closeMenu}
          />
        </Suspense>
      )}
      <MessageDialogs
        {...{ open, myId, person }}
        shown={actions.dialog}
        onChange={actions.show}
        onUnsend={actions.unsend}
      />
    </RowActionsContext>
  );
}

function without(messages: readonly Message[], hidden: ReadonlySet<string>): readonly Message[] {
  return hidden.size === 0 ? messages : messages.filter((message) => !hidden.has(message.id));
}
