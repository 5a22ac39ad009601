import type { Message } from "@sotto/protocol/types.ts";
import List from "lucide-react/icons/list";
import Pin from "lucide-react/icons/pin";
import { Suspense, useState } from "react";
import { IconButton } from "../controls/icon-button.tsx";
import { part } from "../controls/part.tsx";
import { useText } from "../text/intl.tsx";
import { contentLine } from "./content-line.ts";
import type { OpenConversation } from "./use-conversation.ts";
import { usePins } from "./use-pins.ts";
import { useSenders } from "./use-senders.ts";

const PinnedDialog = part(async () => (await import("./pinned-dialog.tsx")).PinnedDialog);

interface Props {
  open: OpenConversation;
  /** Deleted for me, just now. */
  hidden: ReadonlySet<string>;
  onJump: (seq: number) => void;
  onUnpin: (message: Message) => void;
}

/** Under the header: the newest of what is pinned. A press leads there, the next one to the one before it. */
export function PinnedBar({ open, hidden, onJump, onUnpin }: Props) {
  const t = useText();
  const { nameOf } = useSenders();
  const pins = usePins(open).filter((one) => !hidden.has(one.id));
  const [turn, setTurn] = useState(0);
  const [listed, setListed] = useState(false);
  const shown = pins[turn % Math.max(1, pins.length)];
  if (shown === undefined) return null;
  const line = contentLine(t, shown);
  const press = () => {
    onJump(shown.seq);
    setTurn((turn + 1) % pins.length);
  };
  return (
    <div className="flex shrink-0 items-center gap-1 border-b border-line ps-1 pe-1 md:ps-4 md:pe-2">
      <button
        type="button"
        onClick={press}
        className="flex min-h-12 min-w-0 flex-1 items-center gap-3 rounded-control px-2 text-start outline-offset-[-2px] hover:bg-sunk"
      >
        <Pin size={16} strokeWidth={2} className="shrink-0 text-accent-text" aria-hidden />
        <span className="min-w-0">
          <span className="block truncate text-12 font-semibold text-accent-text">
            {pins.length === 1
              ? t("message.pinned")
              : t("pins.one", { at: (turn % pins.length) + 1, count: pins.length })}
          </span>
          <span className="sr-only">{t("pins.from", { name: nameOf(shown.senderId) })} </span>
          <span className="block truncate text-14" dir="auto">
            {line}
          </span>
        </span>
      </button>
      <IconButton icon={List} label={t("pins.title")} aria-haspopup="dialog" onClick={() => setListed(true)} />
      {listed && (
        <Suspense>
          <PinnedDialog
            pins={pins}
            mayUnpin={open.state.maySend?.allowed !== false}
            onJump={onJump}
            onUnpin={onUnpin}
            onClose={() => setListed(false)}
          />
        </Suspense>
      )}
    </div>
  );
}
