import { languages, type LanguageTag } from "@sotto/protocol/languages.ts";
import { ChoiceCards, type Choice } from "../controls/choice-cards.tsx";
import { Page } from "../controls/page.tsx";
import { useText } from "../text/intl.tsx";
import { deviceLocales, languageOf } from "../text/locale.ts";
import { SavingNote } from "./saving-note.tsx";
import { useSettings } from "./use-settings.ts";

/** Each in its own words: whoever is in the wrong one finds the way out. */
const names: Record<LanguageTag, string> = { en: "English", ar: "العربية" };

export function LanguagePage() {
  const t = useText();
  const { settings, saving, save } = useSettings();
  const choices: Choice<LanguageTag | "device">[] = [
    { value: "device", label: t("language.device"), hint: names[languageOf(deviceLocales())] },
    ...languages.map((tag) => ({ value: tag, label: names[tag], lang: tag })),
  ];
  return (
    <Page title={t("language.title")} back="/settings">
      <ChoiceCards
        legend={t("language.choose")}
        choices={choices}
        value={settings.language ?? "device"}
        onChoose={(next) => save({ language: next === "device" ? null : next })}
      />
      <p className="mt-3 px-1 text-12 text-ink-2">{t("language.explain")}</p>
      <SavingNote saving={saving} />
    </Page>
  );
}
