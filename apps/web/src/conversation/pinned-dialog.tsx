import type { Message } from "@sotto/protocol/types.ts";
import PinOff from "lucide-react/icons/pin-off";
import { Dialog } from "../controls/dialog.tsx";
import { IconButton } from "../controls/icon-button.tsx";
import { useText } from "../text/intl.tsx";
import { fullTime } from "../text/time.ts";
import { contentLine } from "./content-line.ts";
import { useSenders } from "./use-senders.ts";

interface Props {
  pins: readonly Message[];
  mayUnpin: boolean;
  onJump: (seq: number) => void;
  onUnpin: (message: Message) => void;
  onClose: () => void;
}

export function PinnedDialog({ pins, mayUnpin, onJump, onUnpin, onClose }: Props) {
  const t = useText();
  const { nameOf } = useSenders();
  return (
    <Dialog title={t("pins.title")} onClose={onClose}>
      <p className="pb-2 text-14 text-ink-2">{t("pins.explain")}</p>
      <ul>
        {pins.map((message) => (
          <li key={message.id} className="flex items-center gap-1">
            <button
              type="button"
              onClick={() => {
                onClose();
                onJump(message.seq);
              }}
              className="min-h-15 min-w-0 flex-1 rounded-card px-2 py-2 text-start outline-offset-[-2px] hover:bg-sunk"
            >
              <span className="flex items-baseline gap-2">
                <span className="min-w-0 flex-1 truncate text-14 font-semibold">{nameOf(message.senderId)}</span>
                <span className="shrink-0 text-12 text-ink-2 tabular">{fullTime(message.createdAt)}</span>
              </span>
              <span className="line-clamp-2 text-14 text-ink-2 wrap-anywhere" dir="auto">
                {contentLine(t, message)}
              </span>
            </button>
            {mayUnpin && <IconButton icon={PinOff} label={t("message.unpin")} onClick={() => onUnpin(message)} />}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
