import type { NotificationSettings } from "@sotto/protocol/types.ts";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { ChoiceCards } from "../controls/choice-cards.tsx";
import { Page } from "../controls/page.tsx";
import { SwitchRow } from "../controls/switch-row.tsx";
import { useMe } from "../session/session.tsx";
import { SavingNote } from "../settings/saving-note.tsx";
import { useSettings } from "../settings/use-settings.ts";
import { useText } from "../text/intl.tsx";
import { QuietHours } from "./quiet-hours.tsx";
import { ThisBrowser } from "./this-browser-row.tsx";

const kinds = ["messages", "requests", "reactions", "mentions"] as const;
const ways = ["push", "inApp", "previews"] as const;

/** C7. What I am told of, how, and when not. */
export function Notifications() {
  const t = useText();
  const me = useMe();
  const { settings, saving, save } = useSettings();
  const { notifications } = settings;
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const change = (some: Partial<NotificationSettings>) => save({ notifications: { ...notifications, ...some } });
  // What goes by the clock goes by the one of whoever sets it.
  const changeByClock = (some: Partial<NotificationSettings>) =>
    save({ notifications: { ...notifications, ...some }, timeZone });
  const letters = me.email?.verified === true;
  return (
    <Page title={t("notifications.title")} back="/settings">
      <div className="grid gap-8">
        <Section id="told-of" title={t("notifications.kinds")}>
          {kinds.map((kind) => (
            <SwitchRow
              key={kind}
              label={t(`notifications.kind.${kind}`)}
              hint={t(`notifications.kind.${kind}Hint`)}
              checked={notifications[kind]}
              onChange={(on) => change({ [kind]: on })}
            />
          ))}
        </Section>
        <Section id="told-how" title={t("notifications.ways")}>
          <ThisBrowser />
          {ways.map((way) => (
            <SwitchRow
              key={way}
              label={t(`notifications.way.${way}`)}
              hint={t(`notifications.way.${way}Hint`)}
              checked={notifications[way]}
              onChange={(on) => change({ [way]: on })}
            />
          ))}
        </Section>
        <Section id="told-when" title={t("notifications.quiet")}>
          <QuietHours
            hours={notifications.quietHours}
            timeZone={settings.timeZone}
            onChange={(quietHours) => changeByClock({ quietHours })}
          />
        </Section>
        <section className="grid gap-2">
          <ChoiceCards
            legend={t("notifications.digest")}
            value={notifications.digest}
            choices={(["off", "daily", "weekly"] as const).map((value) => ({
              value,
              label: t(`notifications.digest.${value}`),
            }))}
            onChoose={(digest) => changeByClock({ digest })}
          />
          <p className="px-1 text-12 text-ink-2">
            {t(letters ? "notifications.digestHint" : "notifications.digestNeedsAddress")}{" "}
            {!letters && (
              <Link href="/settings/account" className="font-semibold text-accent-text underline underline-offset-2">
                {t("notifications.digestAddAddress")}
              </Link>
            )}
          </p>
        </section>
        <SavingNote saving={saving} />
      </div>
    </Page>
  );
}

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="grid gap-2">
      <h2 id={id} className="text-14 font-semibold text-ink-2">
        {title}
      </h2>
      {children}
    </section>
  );
}
