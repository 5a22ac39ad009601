import type { Message, PersonBrief, Relation } from "@sotto/protocol/types.ts";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { Confirm } from "../controls/confirm.tsx";
import { dropPreview } from "../photo/local-previews.ts";
import { photosOf } from "../photo/shown-photo.ts";
import { useText } from "../text/intl.tsx";
import { Beginning } from "./beginning.tsx";
import { useSenders } from "./use-senders.ts";
import { isGroup } from "./counterpart.ts";
import { timeline } from "./timeline.ts";
import { TimelineView } from "./timeline-view.tsx";
import type { OpenConversation } from "./use-conversation.ts";

const PhotoLightbox = lazy(async () => ({ default: (await import("../photo/lightbox.tsx")).PhotoLightbox }));

interface Props {
  open: OpenConversation;
  person: PersonBrief;
  relation: Relation | undefined;
  myId: string;
}

/** The messages of a conversation, with what one can do to them. */
export function Messages({ open, person, relation, myId }: Props) {
  const t = useText();
  const { handle, state } = open;
  const [shownMediaId, setShownMediaId] = useState<string | null>(null);
  const [toUnsend, setToUnsend] = useState<Message | null>(null);
  const readSeq = useReadSeqAtOpening(open);
  const items = useMemo(
    () => timeline({ messages: state.messages, outgoing: state.outgoing, myId, readSeq }),
    [state.messages, state.outgoing, myId, readSeq],
  );
  const { members, nameOf } = useSenders(state.conversation, person);
  const photos = useMemo(
    () =>
      photosOf(state.messages, (message) =>
        t(message.senderId === myId ? "photo.mine" : "photo.theirs", { name: nameOf(message.senderId) }),
      ),
    [state.messages, myId, nameOf, t],
  );
  const memberCount = isGroup(state.conversation) ? state.conversation?.memberCount : undefined;
  const markSeen = useMarkSeen(open);
  const shown = photos.find((photo) => photo.media.id === shownMediaId);

  const cancel = (clientId: string) => {
    handle.cancel(clientId);
    dropPreview(clientId);
  };

  return (
    <>
      <TimelineView
        items={items}
        beginning={
          state.messages.length > 0 || !state.loading ? <Beginning {...{ person, relation, memberCount }} /> : null
        }
        hasOlder={state.hasOlder}
        loading={state.loading}
        otherName={person.name}
        members={members}
        onLoadOlder={() => void handle.loadOlder().catch(() => {})}
        onSeenEnd={markSeen}
        onOpenPhoto={setShownMediaId}
        onUnsend={setToUnsend}
        onRetry={(clientId) => handle.retry(clientId)}
        onCancel={cancel}
      />
      <Announcer messages={state.messages} myId={myId} nameOf={nameOf} />
      {shown !== undefined && (
        <Suspense>
          <PhotoLightbox
            photos={photos}
            mediaId={shown.media.id}
            onView={setShownMediaId}
            onClose={() => setShownMediaId(null)}
          />
        </Suspense>
      )}
      {toUnsend !== null && (
        <UnsendQuestion
          name={members === undefined ? person.name : null}
          onClose={() => setToUnsend(null)}
          onConfirm={() => handle.unsend(toUnsend.id)}
        />
      )}
    </>
  );
}

interface UnsendQuestionProps {
  /** Of the other one; nobody's in a group. */
  name: string | null;
  onClose: () => void;
  onConfirm: () => Promise<unknown>;
}

function UnsendQuestion({ name, ...asked }: UnsendQuestionProps) {
  const t = useText();
  const body = name === null ? t("group.unsendBody") : t("unsend.body", { name });
  return <Confirm title={t("unsend.title")} body={body} action={t("unsend.action")} {...asked} />;
}

/** The line "New" stays where it was when the conversation was opened. */
function useReadSeqAtOpening({ state }: OpenConversation): number | null {
  const [readSeq, setReadSeq] = useState<number | null>(null);
  const known = state.conversation !== null && state.messages.length > 0;
  if (readSeq === null && known && state.conversation !== null) setReadSeq(state.conversation.readSeq);
  return readSeq;
}

/** Seen means: at the end of the list, in a window that somebody looks at. */
function useMarkSeen({ handle, state }: OpenConversation): () => void {
  const lastSeq = state.messages.at(-1)?.seq;
  const mark = useCallback(() => {
    if (lastSeq !== undefined && document.visibilityState === "visible") handle.markRead(lastSeq);
  }, [handle, lastSeq]);
  useEffect(() => {
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  }, [mark]);
  return mark;
}

interface AnnouncerProps {
  messages: readonly Message[];
  myId: string;
  nameOf: (senderId: string) => string;
}

/** Reads a message aloud that arrives while the conversation is open; the list itself is silent when it is scrolled. */
function Announcer({ messages, myId, nameOf }: AnnouncerProps) {
  const t = useText();
  const newest = messages.at(-1);
  const [spoken, setSpoken] = useState({ seq: newest?.seq ?? 0, text: "" });
  if (newest !== undefined && newest.seq > spoken.seq) {
    const first = spoken.seq === 0;
    const silent = first || newest.senderId === myId || newest.unsentAt !== null;
    setSpoken({
      seq: newest.seq,
      text: silent
        ? ""
        : `${nameOf(newest.senderId)}: ${newest.media.length > 0 ? t("inbox.photo") : ""} ${newest.text}`,
    });
  }
  return (
    <p role="log" aria-live="polite" className="sr-only">
      {spoken.text}
    </p>
  );
}
