import type { Message, PersonBrief } from "@sotto/protocol/types.ts";
import ArrowUp from "lucide-react/icons/arrow-up";
import Reply from "lucide-react/icons/reply";
import { useEffect, useRef, type ClipboardEvent, type KeyboardEvent, type RefObject } from "react";
import { isGroup } from "../conversation/counterpart.ts";
import { contentLine } from "../conversation/content-line.ts";
import { useSenders } from "../conversation/use-senders.ts";
import type { OpenConversation } from "../conversation/use-conversation.ts";
import { PreviewStrip } from "../link-preview/preview-strip.tsx";
import { useLinkPreview } from "../link-preview/use-link-preview.ts";
import { useMe } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { AttachMenu } from "./attach-menu.tsx";
import { startEdit, stopComposing, useComposing } from "./composing.ts";
import { EditMessage } from "./edit-message.tsx";
import { lastEditable } from "./last-editable.ts";
import { mentionedIn } from "./mention-candidates.ts";
import { filesOf } from "./pickable.ts";
import { Strip } from "./strip.tsx";
import { useDraft } from "./use-draft.ts";
import { usePeopleToName } from "./use-people-to-name.ts";
import { WritingBar } from "./writing-bar.tsx";

interface Props {
  open: OpenConversation;
  recipient: PersonBrief;
  as: "message" | "request" | "acceptance";
  mayAttach: boolean;
  pick: (files: File[]) => void;
}

/** A new message, or another wording for one of mine. */
export function Composer(props: Props) {
  const { handle, state } = props.open;
  const { editing } = useComposing(state.conversation?.id);
  const people = usePeopleToName(props);
  const message = useSubject(state.messages, editing);
  if (message !== null) return <EditMessage key={message.id} message={message} handle={handle} people={people} />;
  return <NewMessage {...props} people={people} />;
}

function NewMessage({ open, recipient, as, mayAttach, pick, people }: Props & { people: readonly PersonBrief[] }) {
  const t = useText();
  const me = useMe();
  const box = useRef<HTMLTextAreaElement>(null);
  const { handle, state } = open;
  const { text, replyTo, write, sent } = useDraft(open);
  const answered = useSubject(state.messages, replyTo);
  // R3: nothing is looked at in a request, nor before it is known whether it is one; photos may not be in one either.
  const link = useLinkPreview(text, { enabled: as === "message" && mayAttach });
  useFocusOn(box, replyTo);

  const send = () => {
    const words = text.trim();
    const mentionIds = mentionedIn(words, people);
    handle.send({
      text: words,
      ...(replyTo !== null && { replyToId: replyTo.id }),
      ...(mentionIds.length > 0 && { mentionIds }),
      ...(link.previewId !== undefined && { previewId: link.previewId }),
    });
    sent();
  };
  const paste = (event: ClipboardEvent) => {
    const files = filesOf(event.clipboardData);
    if (files.length === 0 || !mayAttach) return;
    event.preventDefault();
    pick(files);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && replyTo !== null) {
      stopComposing(replyTo.conversationId);
      return true;
    }
    if (event.key !== "ArrowUp" || text !== "" || replyTo !== null || as === "request" || state.hasNewer) return false;
    const last = lastEditable(state.messages, me);
    if (last !== null) startEdit(last);
    return last !== null;
  };

  return (
    <WritingBar
      box={box}
      label={
        isGroup(state.conversation)
          ? t("composer.placeholderGroup")
          : t("composer.placeholder", { name: recipient.name })
      }
      text={text}
      sendable={text.trim() !== ""}
      action={{ icon: ArrowUp, label: t(as === "request" ? "composer.sendRequest" : "composer.send") }}
      people={people}
      focus="keyboard"
      above={
        <>
          {as === "request" && (
            <p className="px-3 text-12 text-balance text-ink-2">{t("composer.request", { name: recipient.name })}</p>
          )}
          <PreviewStrip {...link} />
          {answered !== null && <ReplyStrip message={answered} myId={me.id} />}
        </>
      }
      before={mayAttach && <AttachMenu onFiles={pick} />}
      onWrite={write}
      onSend={send}
      onPaste={paste}
      onKey={onKey}
    />
  );
}

function ReplyStrip({ message, myId }: { message: Message; myId: string }) {
  const t = useText();
  const { nameOf } = useSenders();
  const mine = message.senderId === myId;
  return (
    <Strip
      icon={Reply}
      title={mine ? t("composer.replyToMe") : t("composer.replyTo", { name: nameOf(message.senderId) })}
      text={contentLine(t, message)}
      onCancel={() => stopComposing(message.conversationId)}
    />
  );
}

/** As it is now. What was unsent, or has disappeared, is neither answered nor edited any more. */
function useSubject(messages: readonly Message[], subject: Message | null): Message | null {
  const present = subject === null ? undefined : messages.findLast(({ id }) => id === subject.id);
  const gone = present !== undefined && (present.unsentAt !== null || present.gone !== undefined);
  useEffect(() => {
    if (gone) stopComposing(present.conversationId);
  }, [gone, present]);
  return present ?? subject;
}

/** Choosing to answer is choosing to write: on a phone the keyboard comes as well. */
function useFocusOn(box: RefObject<HTMLTextAreaElement | null>, replyTo: Message | null): void {
  const replyToId = replyTo?.id;
  useEffect(() => {
    // After the menu has given the focus back to its button.
    if (replyToId === undefined) return;
    const frame = requestAnimationFrame(() => box.current?.focus({ preventScroll: true }));
    return () => cancelAnimationFrame(frame);
  }, [box, replyToId]);
}
