import { SwitchRow } from "../controls/switch-row.tsx";
import { useText } from "../text/intl.tsx";
import { Page } from "../controls/page.tsx";
import { SavingNote } from "./saving-note.tsx";
import { useSettings } from "./use-settings.ts";
import { WhoMayMessage } from "./who-may-message.tsx";

export function DirectMessages() {
  const t = useText();
  const { settings, saving, save } = useSettings();
  return (
    <Page title={t("dm.title")} back="/settings/privacy">
      <WhoMayMessage legendHidden={false} />
      <p className="mt-1 mb-8 px-1 text-12 text-ink-2">{t("dm.bothSides")}</p>
      <SwitchRow
        label={t("dm.keepOpen")}
        hint={t("dm.keepOpenHint")}
        checked={settings.keepAcceptedOpen}
        onChange={(keepAcceptedOpen) => save({ keepAcceptedOpen })}
      />
      <SavingNote saving={saving} />
    </Page>
  );
}
