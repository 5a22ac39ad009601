import type { Message } from "@sotto/protocol/types.ts";
import type { ConversationHandle } from "@sotto/sdk/interface.ts";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { startEdit, startReply } from "../composer/composing.ts";
import type { MenuItem } from "../controls/menu.tsx";
import { dropPreview } from "../photo/local-previews.ts";
import { useMe } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import type { ShownDialog } from "./message-dialogs.tsx";
import { isAbandoned } from "./counterpart.ts";
import { menuItems } from "./menu-items.ts";
import type { MenuRequest, RowActions } from "./row-actions.ts";
import type { OpenConversation } from "./use-conversation.ts";
import { useSenders } from "./use-senders.ts";

interface Options {
  open: OpenConversation;
  hide: (message: Message) => void;
  jump: (seq: number) => void;
}

/** What happens when a row, its menu or one of its dialogs asks for something. */
export function useMessageActions({ open, hide, jump }: Options) {
  const t = useText();
  const { handle, state } = open;
  const { nameOf } = useSenders();
  const { editWindowMinutes } = useMe();
  const [menu, setMenu] = useState<MenuRequest | null>(null);
  const [dialog, setDialog] = useState<ShownDialog | null>(null);
  const mayWrite =
    state.conversation?.state === "accepted" &&
    !isAbandoned(state.conversation) &&
    (state.maySend === null || state.maySend.allowed);
  const { attempt, toggle, pin } = useChanges(handle, mayWrite);

  const row = useMemo<RowActions>(
    () => ({
      openMenu: setMenu,
      openPhoto: (mediaId) => setDialog({ is: "photo", mediaId }),
      openOnce: (message) => setDialog({ is: "once", message }),
      toggleReaction: toggle,
      showReactions: (message) => setDialog({ is: "reactions", messageId: message.id }),
      reply: startReply,
      jump,
      retry: (clientId) => handle.retry(clientId),
      cancel: (clientId) => {
        handle.cancel(clientId);
        dropPreview(clientId);
      },
    }),
    [toggle, jump, handle],
  );
  const itemsOf = ({ message, mine }: MenuRequest): MenuItem[] =>
    menuItems({
      t,
      message: freshest(state.messages, message),
      mine,
      mayWrite,
      senderName: nameOf(message.senderId),
      editWindowMinutes,
      on: {
        reply: startReply,
        edit: startEdit,
        forward: (one) => setDialog({ is: "forward", message: one }),
        pin,
        hide,
        unsend: (one) => setDialog({ is: "unsend", message: one }),
      },
    });

  return {
    row,
    menu,
    menuItems: itemsOf,
    myReactions: (message: Message) =>
      new Set(
        freshest(state.messages, message)
          .reactions?.filter((one) => one.mine)
          .map((one) => one.emoji),
      ),
    mayWrite,
    react: (emoji: string) => menu !== null && toggle(freshest(state.messages, menu.message), emoji),
    closeMenu: useCallback(() => setMenu(null), []),
    unpin: pin,
    unsend: ({ id }: Message) => attempt(handle.unsend(id)),
    dialog,
    show: setDialog,
  };
}

/** Changes of a message: they show at once; one that is refused stands with its reason among `Sotto.refused`. */
function useChanges(handle: ConversationHandle, mayWrite: boolean) {
  const allowed = useRef(mayWrite);
  useEffect(() => {
    allowed.current = mayWrite;
  }, [mayWrite]);
  const attempt = useCallback((work: Promise<unknown>) => void work.catch(() => {}), []);
  const toggle = useCallback(
    (message: Message, emoji: string) => {
      if (!allowed.current) return;
      const mine = message.reactions?.some((one) => one.emoji === emoji && one.mine) === true;
      attempt(mine ? handle.unreact(message.id, emoji) : handle.react(message.id, emoji));
    },
    [attempt, handle],
  );
  const pin = useCallback(
    ({ id, pinnedAt }: Message) => attempt(pinnedAt === undefined ? handle.pin(id) : handle.unpin(id)),
    [attempt, handle],
  );
  return { attempt, toggle, pin };
}

/** As it stands now: the menu may have been opened before it changed. */
function freshest(messages: readonly Message[], message: Message): Message {
  return messages.find((one) => one.id === message.id) ?? message;
}
