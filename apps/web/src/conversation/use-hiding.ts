import type { Message } from "@sotto/protocol/types.ts";
import type { ConversationHandle } from "@sotto/sdk/interface.ts";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { toast, toastWithActionForMs } from "../controls/toast.tsx";
import { useText } from "../text/intl.tsx";

/**
 * Deletes for me (R10): gone from the screen at once, and from all my devices when the time to change one's mind is over, or when the
 * conversation or the page is left.
 */
export function useHiding(handle: ConversationHandle) {
  const t = useText();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const pending = useRef(new Map<string, ReturnType<typeof setTimeout>>());

  const show = useCallback((messageId: string) => {
    setHidden((before) => new Set([...before].filter((id) => id !== messageId)));
  }, []);
  const settle = useCallback(
    (messageIds: readonly string[]) => {
      const due = messageIds.filter((id) => pending.current.has(id));
      for (const id of due) {
        clearTimeout(pending.current.get(id));
        pending.current.delete(id);
      }
      if (due.length === 0) return;
      // Refused, they are back; why stands among `Sotto.refused`.
      handle.hide(due).catch(() => {
        for (const id of due) show(id);
      });
    },
    [handle, show],
  );

  useEffect(() => {
    const settleAll = () => settle([...pending.current.keys()]);
    addEventListener("pagehide", settleAll);
    return () => {
      removeEventListener("pagehide", settleAll);
      settleAll();
    };
  }, [settle]);

  const hide = useCallback(
    ({ id }: Message) => {
      setHidden((before) => new Set([...before, id]));
      pending.current.set(
        id,
        setTimeout(() => settle([id]), toastWithActionForMs),
      );
      toast(t("message.hidden"), {
        label: t("action.undo"),
        onPress: () => {
          clearTimeout(pending.current.get(id));
          pending.current.delete(id);
          show(id);
        },
      });
    },
    [settle, show, t],
  );
  return useMemo(() => ({ hidden, hide }), [hidden, hide]);
}
