import Ban from "lucide-react/icons/ban";
import Bell from "lucide-react/icons/bell";
import KeyRound from "lucide-react/icons/key-round";
import Keyboard from "lucide-react/icons/keyboard";
import Languages from "lucide-react/icons/languages";
import LockKeyhole from "lucide-react/icons/lock-keyhole";
import LogOut from "lucide-react/icons/log-out";
import MonitorSmartphone from "lucide-react/icons/monitor-smartphone";
import SunMoon from "lucide-react/icons/sun-moon";
import User from "lucide-react/icons/user";
import { useState } from "react";
import { Route, Switch } from "wouter";
import { Account } from "../account/account.tsx";
import { Button } from "../controls/button.tsx";
import { Notifications } from "../notifications/notifications-page.tsx";
import { useMe, useSession } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { Appearance } from "./appearance.tsx";
import { BlockedPeople } from "./blocked.tsx";
import { Devices } from "./devices.tsx";
import { DirectMessages } from "./direct-messages.tsx";
import { LanguagePage } from "./language.tsx";
import { LinkList } from "./link-list.tsx";
import { Page } from "../controls/page.tsx";
import { Privacy } from "./privacy.tsx";
import { Writing } from "./writing.tsx";
import { atName } from "../text/direction.ts";

export function Settings() {
  return (
    <Switch>
      <Route path="/settings/privacy" component={Privacy} />
      <Route path="/settings/privacy/direct-messages" component={DirectMessages} />
      <Route path="/settings/privacy/blocked" component={BlockedPeople} />
      <Route path="/settings/notifications" component={Notifications} />
      <Route path="/settings/appearance" component={Appearance} />
      <Route path="/settings/language" component={LanguagePage} />
      <Route path="/settings/writing" component={Writing} />
      <Route path="/settings/account" component={Account} />
      <Route path="/settings/devices" component={Devices} />
      <Route component={Overview} />
    </Switch>
  );
}

function Overview() {
  const t = useText();
  const me = useMe();
  const { signOut } = useSession();
  const [busy, setBusy] = useState(false);
  return (
    <Page title={t("settings.title")} back={`/people/${me.username}`}>
      <div className="grid gap-6">
        <LinkList
          rows={[
            { href: "/me/edit", icon: User, label: t("profile.edit"), value: atName(me.username) },
            { href: "/settings/account", icon: KeyRound, label: t("account.title") },
            { href: "/settings/devices", icon: MonitorSmartphone, label: t("devices.title") },
          ]}
        />
        <LinkList
          rows={[
            { href: "/settings/privacy", icon: LockKeyhole, label: t("settings.privacy") },
            { href: "/settings/notifications", icon: Bell, label: t("notifications.title") },
            { href: "/settings/privacy/blocked", icon: Ban, label: t("blocked.title") },
          ]}
        />
        <LinkList
          rows={[
            { href: "/settings/writing", icon: Keyboard, label: t("writing.title") },
            { href: "/settings/appearance", icon: SunMoon, label: t("appearance.title") },
            { href: "/settings/language", icon: Languages, label: t("language.title") },
          ]}
        />
        <Button
          look="danger"
          icon={LogOut}
          busy={busy}
          className="justify-self-start"
          onClick={() => {
            setBusy(true);
            void signOut();
          }}
        >
          {t("session.signOut")}
        </Button>
      </div>
    </Page>
  );
}
