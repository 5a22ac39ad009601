import type { Message } from "@sotto/protocol/types.ts";
import type { ConversationHandle } from "@sotto/sdk/interface.ts";
import { useEffect, useState } from "react";
import { Button } from "../controls/button.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { Loaded } from "../controls/loaded.tsx";
import { useLoad } from "../session/use-load.ts";
import { useText } from "../text/intl.tsx";

interface Props {
  handle: ConversationHandle;
  message: Message;
  onClose: () => void;
}

/** What is looked at once (C19): asked before it is opened, shown for a minute, gone when it is closed. */
export function OnceViewer({ handle, message, onClose }: Props) {
  const t = useText();
  const [opened, setOpened] = useState(false);
  if (!opened)
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
  return <Opened handle={handle} message={message} onClose={onClose} />;
}

function Opened({ handle, message, onClose }: Props) {
  const t = useText();
  const load = useLoad(() => handle.openOnce(message.id), [handle, message.id]);
  const close = () => {
    void handle.closeOnce(message.id).catch(() => {});
    onClose();
  };
  return (
    <Dialog title={t("once.title")} onClose={close}>
      <Loaded load={load}>
        {({ text, media, expiresAt }) => (
          <div className="grid gap-3">
            <Countdown untilMs={Date.parse(expiresAt)} onEnd={close} />
            {media.map((one) => (
              <img
                key={one.id}
                src={one.renditions.full.url}
                alt={t("inbox.photo")}
                width={one.width}
                height={one.height}
                draggable={false}
                className="max-h-[60dvh] w-full rounded-card bg-theirs object-contain"
              />
            ))}
            {text !== "" && (
              <p className="text-16 wrap-text" dir="auto">
                {text}
              </p>
            )}
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}

function Countdown({ untilMs, onEnd }: { untilMs: number; onEnd: () => void }) {
  const t = useText();
  const [left, setLeft] = useState(() => secondsUntil(untilMs));
  useEffect(() => {
    const timer = setInterval(() => setLeft(secondsUntil(untilMs)), 500);
    return () => clearInterval(timer);
  }, [untilMs]);
  useEffect(() => {
    if (left === 0) onEnd();
    // The end comes once.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [left === 0]);
  return <p className="text-12 text-ink-2 tabular">{t("once.left", { seconds: left })}</p>;
}

function secondsUntil(untilMs: number): number {
  return Math.max(0, Math.ceil((untilMs - Date.now()) / 1000));
}
