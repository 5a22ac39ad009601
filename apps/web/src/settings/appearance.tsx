import { useState } from "react";
import { ChoiceCards } from "../controls/choice-cards.tsx";
import { Page } from "../controls/page.tsx";
import { chooseTextSize, textSize, textSizes } from "../look/text-size.ts";
import { chooseTheme, themeChoice } from "../look/theme.ts";
import { useText } from "../text/intl.tsx";

/** Theme and text size, of this device alone. */
export function Appearance() {
  const t = useText();
  const [choice, setChoice] = useState(themeChoice);
  const [size, setSize] = useState(textSize);
  return (
    <Page title={t("appearance.title")} back="/settings">
      <div className="grid gap-8">
        <ChoiceCards
          legend={t("appearance.theme")}
          value={choice}
          choices={[
            { value: "system", label: t("appearance.system"), hint: t("appearance.systemHint") },
            { value: "light", label: t("appearance.light") },
            { value: "dark", label: t("appearance.dark") },
          ]}
          onChoose={(next) => {
            chooseTheme(next);
            setChoice(next);
          }}
        />
        <ChoiceCards
          legend={t("appearance.textSize")}
          value={size}
          choices={textSizes.map((value) => ({ value, label: t(`appearance.text.${value}`) }))}
          onChoose={(next) => {
            chooseTextSize(next);
            setSize(next);
          }}
        />
        <p className="px-1 text-12 text-ink-2">{t("appearance.thisDevice")}</p>
      </div>
    </Page>
  );
}
