import Ban from "lucide-react/icons/ban";
import MessageCircle from "lucide-react/icons/message-circle";
import { Page } from "../controls/page.tsx";
import { SwitchRow } from "../controls/switch-row.tsx";
import { useText } from "../text/intl.tsx";
import { LinkList } from "./link-list.tsx";
import { SavingNote } from "./saving-note.tsx";
import { useSettings } from "./use-settings.ts";

const chosen = { everyone: "dm.everyone", friends: "dm.friends", no_one: "dm.noOne" } as const;
const shown = ["readReceipts", "typing", "presence"] as const;

/** Who reaches me, and what I show of myself (C4, C8). */
export function Privacy() {
  const t = useText();
  const { settings, saving, save } = useSettings();
  return (
    <Page title={t("settings.privacy")} back="/settings">
      <LinkList
        rows={[
          {
            href: "/settings/privacy/direct-messages",
            icon: MessageCircle,
            label: t("dm.title"),
            value: t(chosen[settings.whoMayMessage]),
          },
          { href: "/settings/privacy/blocked", icon: Ban, label: t("blocked.title") },
        ]}
      />
      <section aria-labelledby="shown-of-me" className="mt-8 grid gap-2">
        <h2 id="shown-of-me" className="text-14 font-semibold text-ink-2">
          {t("privacy.shown")}
        </h2>
        <p className="mb-1 text-12 text-ink-2">{t("privacy.reciprocal")}</p>
        {shown.map((key) => (
          <SwitchRow
            key={key}
            label={t(`privacy.${key}`)}
            hint={t(`privacy.${key}Hint`)}
            checked={settings[key]}
            onChange={(on) => save({ [key]: on })}
          />
        ))}
        <SavingNote saving={saving} />
      </section>
      <p className="mt-4 px-1 text-12 text-ink-2">{t("conversation.notEncrypted")}</p>
    </Page>
  );
}
