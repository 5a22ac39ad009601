import type { WhoMayMessage as Setting } from "@sotto/protocol/types.ts";
import { memo } from "react";
import { ChoiceCards, type Choice } from "../controls/choice-cards.tsx";
import { useText } from "../text/intl.tsx";
import { SavingNote } from "./saving-note.tsx";
import { useSettings } from "./use-settings.ts";

/** C4: three choices, one of them mine. */
export const WhoMayMessage = memo(function WhoMayMessage({ legendHidden }: { legendHidden: boolean }) {
  const t = useText();
  const { settings, saving, save } = useSettings();
  const choices: Choice<Setting>[] = [
    { value: "everyone", label: t("dm.everyone"), hint: t("dm.everyoneHint") },
    { value: "friends", label: t("dm.friends"), hint: t("dm.friendsHint") },
    { value: "no_one", label: t("dm.noOne"), hint: t("dm.noOneHint") },
  ];
  return (
    <div>
      <ChoiceCards
        legend={t("dm.who")}
        legendHidden={legendHidden}
        choices={choices}
        value={settings.whoMayMessage}
        onChoose={(whoMayMessage) => save({ whoMayMessage })}
      />
      <SavingNote saving={saving} />
    </div>
  );
});
