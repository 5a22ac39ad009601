import type { Media, Message } from "@sotto/protocol/types.ts";
import type { ConversationHandle } from "@sotto/sdk/interface.ts";
import X from "lucide-react/icons/x";
import { useCallback, useEffect, useId, useRef, useState } from "react";
import { IconButton } from "../controls/icon-button.tsx";
import { Loaded } from "../controls/loaded.tsx";
import { useLoad } from "../session/use-load.ts";
import { useText } from "../text/intl.tsx";

interface Props {
  handle: ConversationHandle;
  message: Message;
  onClose: () => void;
}

/** Over the whole screen, for a minute, and never again (C19): closing it is the end as well. The page keeps nothing of it. */
export function OpenedOnce({ handle, message, onClose }: Props) {
  const t = useText();
  const titleId = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const load = useLoad(() => handle.openOnce(message.id), [handle, message.id]);
  const close = useCallback(() => {
    void handle.closeOnce(message.id).catch(() => {});
    onClose();
  }, [handle, message.id, onClose]);
  useEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onContextMenu={(event) => event.preventDefault()}
      className="m-0 h-dvh max-h-none w-dvw max-w-none bg-[#0b0a09] text-white outline-none enter-fade print:hidden"
    >
      <div className="flex h-full flex-col pt-[env(safe-area-inset-top)] pb-[env(safe-area-inset-bottom)]">
        <div className="flex items-center gap-3 ps-4 pe-2 pt-2">
          <h2 id={titleId} className="min-w-0 flex-1 truncate text-16 font-semibold">
            {t("once.title")}
          </h2>
          {load.state.is === "loaded" && <Countdown untilMs={Date.parse(load.state.value.expiresAt)} onEnd={close} />}
          <IconButton icon={X} look="inherit" label={t("action.close")} onClick={close} />
        </div>
        <Loaded load={load}>{({ text, media }) => <Content text={text} media={media} />}</Loaded>
      </div>
    </dialog>
  );
}

function Content({ text, media }: { text: string; media: readonly Media[] }) {
  const t = useText();
  const alone = media.length === 0;
  return (
    <>
      {media.map((one) => (
        <div key={one.id} className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)] p-4">
          <img
            src={one.renditions.full.url}
            alt={text === "" ? t("inbox.photo") : text}
            width={one.width}
            height={one.height}
            draggable={false}
            className="size-full object-contain select-none"
          />
        </div>
      ))}
      {text !== "" && (
        <div className={alone ? "grid min-h-0 flex-1 place-items-center overflow-y-auto px-6 py-8" : "px-6 pb-6"}>
          <p className={alone ? "max-w-prose text-20 wrap-text" : "mx-auto max-w-prose text-14 wrap-text"} dir="auto">
            {text}
          </p>
        </div>
      )}
    </>
  );
}

/** How long it can still be looked at; the end comes once. */
function Countdown({ untilMs, onEnd }: { untilMs: number; onEnd: () => void }) {
  const t = useText();
  const [left, setLeft] = useState(() => secondsUntil(untilMs));
  const over = left === 0;
  useEffect(() => {
    const timer = setInterval(() => setLeft(secondsUntil(untilMs)), 250);
    return () => clearInterval(timer);
  }, [untilMs]);
  useEffect(() => {
    if (over) onEnd();
  }, [over, onEnd]);
  return (
    <p role="timer" className="text-12 text-white/80 tabular">
      {t("once.left", { seconds: left })}
    </p>
  );
}

function secondsUntil(untilMs: number): number {
  return Math.max(0, Math.ceil((untilMs - Date.now()) / 1000));
}
