import type { Message } from "@sotto/protocol/types.ts";
import Copy from "lucide-react/icons/copy";
import Download from "lucide-react/icons/download";
import Forward from "lucide-react/icons/forward";
import LinkIcon from "lucide-react/icons/link";
import Pencil from "lucide-react/icons/pencil";
import Pin from "lucide-react/icons/pin";
import PinOff from "lucide-react/icons/pin-off";
import Reply from "lucide-react/icons/reply";
import Trash2 from "lucide-react/icons/trash-2";
import Undo2 from "lucide-react/icons/undo-2";
import type { MenuItem } from "../controls/menu.tsx";
import { toast } from "../controls/toast.tsx";
import { downloadOriginals } from "../photo/download.ts";
import type { Translate } from "../text/intl.tsx";

interface Options {
  t: Translate;
  message: Message;
  mine: boolean;
  /** I may write here now: answering, changing and pinning are decided like a message. */
  mayWrite: boolean;
  senderName: string;
  /** The server's rule: `me.editWindowMinutes`. It decides by its own clock in any case. */
  editWindowMinutes: number;
  on: {
    reply: (message: Message) => void;
    edit: (message: Message) => void;
    forward: (message: Message) => void;
    pin: (message: Message) => void;
    hide: (message: Message) => void;
    unsend: (message: Message) => void;
  };
  nowMs?: number;
}

/** What one can do to a message: what cannot be done is not offered. */
export function menuItems({ t, message, mine, mayWrite, senderName, on, ...at }: Options): MenuItem[] {
  const { editWindowMinutes, nowMs = Date.now() } = at;
  const hide = { label: t("message.hide"), icon: Trash2, onSelect: () => on.hide(message), danger: true, apart: true };
  if (message.unsentAt !== null) return [{ ...hide, apart: false }];
  const items: (MenuItem | false)[] = [
    mayWrite && { label: t("message.reply"), icon: Reply, onSelect: () => on.reply(message) },
    mayWrite &&
      mine &&
      mayEdit(message, { editWindowMinutes, nowMs }) && {
        label: t("message.edit"),
        icon: Pencil,
        onSelect: () => on.edit(message),
      },
    mayForward(message) && { label: t("message.forward"), icon: Forward, onSelect: () => on.forward(message) },
    mayWrite && {
      label: t(message.pinnedAt === undefined ? "message.pin" : "message.unpin"),
      icon: message.pinnedAt === undefined ? Pin : PinOff,
      onSelect: () => on.pin(message),
    },
    message.text !== "" && {
      label: t("message.copy"),
      icon: Copy,
      onSelect: () => void copyText(t, message.text),
    },
    { label: t("message.copyLink"), icon: LinkIcon, onSelect: () => void copyText(t, linkTo(message)) },
    message.media.length > 0 && {
      label: t("lightbox.download"),
      icon: Download,
      onSelect: () => downloadOriginals(message, senderName),
    },
    hide,
    mine && { label: t("unsend.action"), icon: Undo2, onSelect: () => on.unsend(message), danger: true },
  ];
  return items.filter((item) => item !== false);
}

/** C15: words can be changed for some minutes; what was sent on is another's, and what is looked at once stays as it was. */
export function mayEdit(
  message: Message,
  { editWindowMinutes, nowMs }: { editWindowMinutes: number; nowMs: number },
): boolean {
  if (message.unsentAt !== null || message.viewOnce !== undefined || message.card !== undefined) return false;
  return message.forwarded !== true && nowMs - Date.parse(message.createdAt) < editWindowMinutes * 60_000;
}

function mayForward(message: Message): boolean {
  return message.noForward !== true && message.viewOnce === undefined;
}

/** The address of one message; whoever may not see it learns nothing by it. */
export function linkTo({ conversationId, id }: Message): string {
  const address = new URL(`/conversations/${conversationId}`, location.origin);
  address.searchParams.set("message", id);
  return address.href;
}

async function copyText(t: Translate, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("message.copied"));
  } catch {
    toast(t("message.copyFailed"));
  }
}
