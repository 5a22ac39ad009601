import { ChoiceCards } from "../controls/choice-cards.tsx";
import { Page } from "../controls/page.tsx";
import { useText } from "../text/intl.tsx";
import { SavingNote } from "./saving-note.tsx";
import { useSettings } from "./use-settings.ts";

/** C11: what Enter does, on every device of mine that has a keyboard. */
export function Writing() {
  const t = useText();
  const { settings, saving, save } = useSettings();
  return (
    <Page title={t("writing.title")} back="/settings">
      <ChoiceCards
        legend={t("writing.enter")}
        choices={[
          { value: "sends", label: t("writing.enterSends"), hint: t("writing.enterSendsHint") },
          { value: "breaks", label: t("writing.enterBreaks"), hint: t("writing.enterBreaksHint") },
        ]}
        value={settings.enterSends ? "sends" : "breaks"}
        onChoose={(next) => save({ enterSends: next === "sends" })}
      />
      <p className="mt-3 px-1 text-12 text-ink-2">{t("writing.touch")}</p>
      <SavingNote saving={saving} />
    </Page>
  );
}
