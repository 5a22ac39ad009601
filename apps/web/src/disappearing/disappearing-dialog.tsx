import type { Conversation } from "@sotto/protocol/types.ts";
import { useState } from "react";
import { Button } from "../controls/button.tsx";
import { ChoiceCards, type Choice } from "../controls/choice-cards.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { errorText } from "../session/problem.ts";
import { useSotto } from "../session/session.tsx";
import { durationText } from "../text/durations.ts";
import { useText } from "../text/intl.tsx";

interface Props {
  conversation: Conversation;
  onClose: () => void;
  onChanged: () => Promise<void>;
}

const hour = 3_600;
const offered = [hour, 24 * hour, 7 * 24 * hour, 28 * 24 * hour];

/** C19: after how long the messages of this conversation disappear, from now on and for everybody. */
export function DisappearingDialog({ conversation, onClose, onChanged }: Props) {
  const t = useText();
  const sotto = useSotto();
  const present = conversation.disappearAfterSeconds;
  const [chosen, setChosen] = useState(keyOf(present));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const set = async () => {
    setBusy(true);
    try {
      const afterSeconds = chosen === "off" ? null : Number(chosen);
      await sotto.call("conversations.setDisappearing", { conversationId: conversation.id, afterSeconds });
      await onChanged();
      onClose();
    } catch (error) {
      setProblem(errorText(t, error));
      setBusy(false);
    }
  };
  // What another program has set is a choice as well.
  const lengths = present === null || offered.includes(present) ? offered : [present, ...offered];
  const choices: Choice<string>[] = [
    { value: "off", label: t("disappearing.off") },
    ...lengths.map((seconds) => ({
      value: keyOf(seconds),
      label: t("disappearing.after", { time: durationText(seconds) }),
    })),
  ];
  return (
    <Dialog title={t("disappearing.title")} onClose={onClose} shape="question">
      <p className="mb-4 text-14 text-ink-2">{t("disappearing.explain")}</p>
      <ChoiceCards
        legend={t("disappearing.title")}
        legendHidden
        choices={choices}
        value={chosen}
        onChoose={setChosen}
      />
      {problem !== "" && (
        <p role="alert" className="mt-3 text-14 text-bad">
          {problem}
        </p>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button look="soft" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button look="main" busy={busy} disabled={chosen === keyOf(present)} onClick={() => void set()}>
          {t("disappearing.set")}
        </Button>
      </div>
    </Dialog>
  );
}

function keyOf(seconds: number | null): string {
  return seconds === null ? "off" : String(seconds);
}
