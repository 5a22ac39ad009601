import { useState } from "react";
import { Button } from "../controls/button.tsx";
import { ChoiceCards } from "../controls/choice-cards.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { useText } from "../text/intl.tsx";

const hourMs = 3_600_000;
const lengths = { hour: hourMs, evening: 8 * hourMs, week: 7 * 24 * hourMs, open: null } as const;
type Length = keyof typeof lengths;

/** Far enough: until it is switched on again. */
const untilUnmuted = "9999-12-31T00:00:00.000Z";

/** C7: no notifications of one conversation, with an end. */
export function MuteDialog({ onClose, onMute }: { onClose: () => void; onMute: (until: string) => void }) {
  const t = useText();
  const [length, setLength] = useState<Length>("evening");
  const mute = () => {
    const ms = lengths[length];
    onMute(ms === null ? untilUnmuted : new Date(Date.now() + ms).toISOString());
    onClose();
  };
  return (
    <Dialog title={t("mute.title")} onClose={onClose} shape="question">
      <p className="mb-4 text-14 text-ink-2">{t("mute.body")}</p>
      <ChoiceCards
        legend={t("mute.howLong")}
        legendHidden
        value={length}
        onChoose={setLength}
        choices={(["hour", "evening", "week", "open"] as const).map((value) => ({ value, label: t(`mute.${value}`) }))}
      />
      <div className="mt-5 flex justify-end gap-2">
        <Button look="soft" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button look="main" onClick={mute}>
          {t("conversation.mute")}
        </Button>
      </div>
    </Dialog>
  );
}
