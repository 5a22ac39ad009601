import type { Message, PersonBrief } from "@sotto/protocol/types.ts";
import { Suspense, useMemo } from "react";
import { Confirm } from "../controls/confirm.tsx";
import { part } from "../controls/part.tsx";
import { photosOf } from "../photo/shown-photo.ts";
import { useGone } from "../photo/use-gone.ts";
import { useText } from "../text/intl.tsx";
import { isGroup } from "./counterpart.ts";
import type { OpenConversation } from "./use-conversation.ts";
import { useSenders } from "./use-senders.ts";

const PhotoLightbox = part(async () => (await import("../photo/lightbox.tsx")).PhotoLightbox);
const ForwardDialog = part(async () => (await import("./forward-dialog.tsx")).ForwardDialog);
const ReactionsDialog = part(async () => (await import("./reactions-dialog.tsx")).ReactionsDialog);
const OnceViewer = part(async () => (await import("./once-viewer.tsx")).OnceViewer);

export type ShownDialog =
  | { is: "photo"; mediaId: string }
  | { is: "unsend"; message: Message }
  | { is: "forward"; message: Message }
  | { is: "reactions"; messageId: string }
  | { is: "once"; message: Message };

interface Props {
  open: OpenConversation;
  shown: ShownDialog | null;
  onChange: (shown: ShownDialog | null) => void;
  onUnsend: (message: Message) => void;
  myId: string;
  person: PersonBrief;
}

/** What lies above the conversation: one at a time, loaded when it is asked for. */
export function MessageDialogs({ open, shown, onChange, onUnsend, myId, person }: Props) {
  const { handle, state } = open;
  const close = () => onChange(null);
  if (shown === null) return null;
  return (
    <Suspense>
      {shown.is === "photo" && (
        <Photos
          messages={state.messages}
          mediaId={shown.mediaId}
          myId={myId}
          onView={(mediaId) => onChange({ is: "photo", mediaId })}
          onClose={close}
        />
      )}
      {shown.is === "unsend" && (
        <UnsendQuestion
          name={isGroup(state.conversation) ? null : person.name}
          onClose={close}
          onConfirm={() => onUnsend(shown.message)}
        />
      )}
      {shown.is === "forward" && <ForwardDialog handle={handle} message={shown.message} onClose={close} />}
      {shown.is === "reactions" && (
        <ReactionsDialog message={state.messages.find((one) => one.id === shown.messageId)} onClose={close} />
      )}
      {shown.is === "once" && <OnceViewer handle={handle} message={shown.message} onClose={close} />}
    </Suspense>
  );
}

interface PhotosProps {
  messages: readonly Message[];
  mediaId: string;
  myId: string;
  onView: (mediaId: string) => void;
  onClose: () => void;
}

function Photos({ messages, mediaId, myId, onView, onClose }: PhotosProps) {
  const t = useText();
  const { nameOf, person } = useSenders();
  const photos = useMemo(
    () =>
      photosOf(messages, ({ senderId }) => ({
        label: t(senderId === myId ? "photo.mine" : "photo.theirs", { name: nameOf(senderId) }),
        senderName: person(senderId)?.name ?? "",
      })),
    [messages, myId, nameOf, person, t],
  );
  const present = photos.some((photo) => photo.media.id === mediaId);
  useGone(!present, onClose);
  if (!present) return null;
  return <PhotoLightbox {...{ photos, mediaId, onView, onClose }} />;
}

interface UnsendQuestionProps {
  /** Of the other one; nobody's in a group. */
  name: string | null;
  onClose: () => void;
  onConfirm: () => void;
}

/** It shows at once, and is kept until the server has it. */
function UnsendQuestion({ name, onConfirm, onClose }: UnsendQuestionProps) {
  const t = useText();
  const confirm = () => Promise.resolve(onConfirm());
  const body = name === null ? t("group.unsendBody") : t("unsend.body", { name });
  return (
    <Confirm title={t("unsend.title")} body={body} action={t("unsend.action")} onClose={onClose} onConfirm={confirm} />
  );
}
