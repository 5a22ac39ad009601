import type { Message } from "@sotto/protocol/types.ts";
import type { ConversationHandle } from "@sotto/sdk/interface.ts";
import { useState } from "react";
import { Button } from "../controls/button.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { useText } from "../text/intl.tsx";
import { OpenedOnce } from "../view-once/opened-once.tsx";

interface Props {
  handle: ConversationHandle;
  message: Message;
  onClose: () => void;
}

/** What is looked at once (C19): asked before it is opened, for there is no second time. */
export function OnceViewer({ handle, message, onClose }: Props) {
  const t = useText();
  const [opened, setOpened] = useState(false);
  if (opened) return <OpenedOnce handle={handle} message={message} onClose={onClose} />;
  return (
    <Dialog title={t("once.title")} onClose={onClose} shape="question">
      <p className="text-14 text-ink-2">{t("once.ask")}</p>
      <div className="mt-5 flex justify-end gap-2">
        <Button look="soft" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button look="main" onClick={() => setOpened(true)}>
          {t("once.show")}
        </Button>
      </div>
    </Dialog>
  );
}
