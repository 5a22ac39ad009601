import { useState } from "react";
import { ChoiceCards } from "../controls/choice-cards.tsx";
import { chooseTheme, themeChoice } from "../look/theme.ts";
import { useText } from "../text/intl.tsx";
import { Page } from "../controls/page.tsx";

export function Appearance() {
  const t = useText();
  const [choice, setChoice] = useState(themeChoice);
  return (
    <Page title={t("appearance.title")} back="/settings">
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
    </Page>
  );
}
