import type { Conversation, PersonBrief, Relation } from "@sotto/protocol/types.ts";
import type { ConversationUpdate } from "@sotto/sdk/interface.ts";
import Archive from "lucide-react/icons/archive";
import ArchiveRestore from "lucide-react/icons/archive-restore";
import Ban from "lucide-react/icons/ban";
import Bell from "lucide-react/icons/bell";
import BellOff from "lucide-react/icons/bell-off";
import LogOut from "lucide-react/icons/log-out";
import Pin from "lucide-react/icons/pin";
import PinOff from "lucide-react/icons/pin-off";
import User from "lucide-react/icons/user";
import { Suspense, useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import { Confirm } from "../controls/confirm.tsx";
import type { MenuItem } from "../controls/menu.tsx";
import { toast } from "../controls/toast.tsx";
import { part } from "../controls/part.tsx";
import { useDisappearing } from "../disappearing/use-disappearing.tsx";
import { BlockQuestion } from "../people/block-question.tsx";
import { unblock } from "../people/blocking.ts";
import { errorText } from "../session/problem.ts";
import { useSotto } from "../session/session.tsx";
import { useText, type Translate } from "../text/intl.tsx";
import { isGroup } from "./counterpart.ts";

const MuteDialog = part(async () => (await import("../notifications/mute-dialog.tsx")).MuteDialog);

interface Options {
  person: PersonBrief;
  relation: Relation | undefined;
  conversation: Conversation | null;
  refresh: () => Promise<void>;
}

/** What one can do to a whole conversation, for oneself. */
export function useConversationActions({ person, relation, conversation, refresh }: Options): {
  items: MenuItem[];
  /** That messages disappear here, where they do. */
  mark: ReactNode;
  dialog: ReactNode;
} {
  const t = useText();
  const disappearing = useDisappearing({ conversation, refresh });
  const { mark } = disappearing;
  const sotto = useSotto();
  const [, navigate] = useLocation();
  const [blocking, setBlocking] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const update = useUpdate(conversation);
  const muting = useMuting(update);

  const attempt = (work: () => Promise<unknown>) =>
    void work()
      .then(refresh)
      .catch((error: unknown) => toast(errorText(t, error)));
  const otherDialog = muting.dialog ?? disappearing.dialog;
  const group = isGroup(conversation);
  const deleted = person.deleted === true;
  const items: MenuItem[] =
    group || deleted
      ? []
      : [{ label: t("people.viewProfile"), icon: User, onSelect: () => navigate(`/people/${person.username}`) }];
  if (conversation !== null && conversation.state !== "request_received") {
    items.push(...viewItems({ t, conversation, update, navigate, mute: muting.ask }));
  }
  if (!deleted) items.push(...disappearing.items);
  if (group && conversation !== null) {
    // Declining an invitation leaves as well, and has its button.
    if (conversation.state !== "request_received")
      items.push({
        label: t("group.leave"),
        icon: LogOut,
        onSelect: () => setLeaving(true),
        danger: true,
        apart: true,
      });
    const { id: conversationId } = conversation;
    const leave = async () => {
      await sotto.call("conversations.leave", { conversationId });
      navigate("/");
    };
    const question = leaving ? <LeaveQuestion onClose={() => setLeaving(false)} onConfirm={leave} /> : null;
    return { items, mark, dialog: question ?? otherDialog };
  }
  if (deleted) return { items, mark, dialog: otherDialog };
  if (relation?.blocked === true)
    items.push({
      label: t("people.unblock"),
      icon: Ban,
      onSelect: () => attempt(() => unblock(sotto, person.id)),
      apart: true,
    });
  else
    items.push({ label: t("people.block"), icon: Ban, onSelect: () => setBlocking(true), danger: true, apart: true });

  const dialog = blocking ? (
    <BlockQuestion person={person} onClose={() => setBlocking(false)} onBlocked={refresh} />
  ) : null;
  return { items, mark, dialog: dialog ?? otherDialog };
}

type Update = (change: ConversationUpdate) => void;

/** Shows at once, is kept until the server has it, and stands among what was refused if it is. */
function useUpdate(conversation: Conversation | null): Update {
  const sotto = useSotto();
  return (change) => {
    if (conversation === null) return;
    sotto
      .conversation(conversation.id)
      .update(change)
      .catch(() => {});
  };
}

function useMuting(update: Update) {
  const [asking, setAsking] = useState(false);
  const dialog = asking ? (
    <Suspense>
      <MuteDialog onClose={() => setAsking(false)} onMute={(mutedUntil) => update({ mutedUntil })} />
    </Suspense>
  ) : null;
  return { ask: () => setAsking(true), dialog };
}

interface ViewOptions {
  t: Translate;
  conversation: Conversation;
  update: Update;
  navigate: (to: string) => void;
  /** Asks for how long. */
  mute: () => void;
}

/** How it stands in my inbox: nobody else sees it. */
function viewItems({ t, conversation, update, navigate, mute }: ViewOptions): MenuItem[] {
  const { id: conversationId, pinned, archived } = conversation;
  const muted = isMuted(conversation);
  return [
    {
      label: t(pinned ? "conversation.unpin" : "conversation.pin"),
      icon: pinned ? PinOff : Pin,
      onSelect: () => update({ pinned: !pinned }),
    },
    {
      label: t(muted ? "conversation.unmute" : "conversation.mute"),
      icon: muted ? Bell : BellOff,
      onSelect: () => (muted ? update({ mutedUntil: null }) : mute()),
    },
    {
      label: t(archived ? "conversation.unarchive" : "conversation.archive"),
      icon: archived ? ArchiveRestore : Archive,
      onSelect: () => {
        update({ archived: !archived });
        navigate(archived ? `/c/${conversationId}` : "/");
      },
    },
  ];
}

function LeaveQuestion(props: { onClose: () => void; onConfirm: () => Promise<void> }) {
  const t = useText();
  return <Confirm title={t("group.leaveTitle")} body={t("group.leaveBody")} action={t("group.leave")} {...props} />;
}

export function isMuted(conversation: Conversation): boolean {
  return conversation.mutedUntil !== null && Date.parse(conversation.mutedUntil) > Date.now();
}
