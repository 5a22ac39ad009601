import type { Message, PersonBrief, Relation } from "@sotto/protocol/types.ts";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { Confirm } from "../controls/confirm.tsx";
import { dropPreview } from "../photo/local-previews.ts";
import { photosOf } from "../photo/shown-photo.ts";
import { useText } from "../text/intl.tsx";
import { Beginning } from "./beginning.tsx";
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
  const photos = useMemo(
    () =>
      photosOf(state.messages, (message) =>
        t(message.senderId === myId ? "photo.mine" : "photo.theirs", { name: person.name }),
      ),
    [state.messages, myId, person.name, t],
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
        onLoadOlder={() => void handle.loadOlder().catch(() => {})}
        onSeenEnd={markSeen}
        onOpenPhoto={setShownMediaId}
        onUnsend={setToUnsend}
        onRetry={(clientId) => handle.retry(clientId)}
        onCancel={cancel}
      />
      <Announcer messages={state.messages} myId={myId} name={person.name} />
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
        <Confirm
          title={t("unsend.title")}
          body={t("unsend.body", { name: person.name })}
          action={t("unsend.action")}
          onClose={() => setToUnsend(null)}
          onConfirm={() => handle.unsend(toUnsend.id)}
        />
      )}
    </>
  );
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

/** Reads a message aloud that arrives while the conversation is open; the list itself is silent when it is scrolled. */
function Announcer({ messages, myId, name }: { messages: readonly Message[]; myId: string; name: string }) {
  const t = useText();
  const newest = messages.at(-1);
  const [spoken, setSpoken] = useState({ seq: newest?.seq ?? 0, text: "" });
  if (newest !== undefined && newest.seq > spoken.seq) {
    const first = spoken.seq === 0;
    const silent = first || newest.senderId === myId || newest.unsentAt !== null;
    setSpoken({
      seq: newest.seq,
      text: silent ? "" : `${name}: ${newest.media.length > 0 ? t("inbox.photo") : ""} ${newest.text}`,
    });
  }
  return (
    <p role="log" aria-live="polite" className="sr-only">
      {spoken.text}
    </p>
  );
}
