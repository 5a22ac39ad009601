import Ban from "lucide-react/icons/ban";
import MessageCircle from "lucide-react/icons/message-circle";
import { useMe } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { LinkList } from "./link-list.tsx";
import { Page } from "../controls/page.tsx";

const chosen = { everyone: "dm.everyone", friends: "dm.friends", no_one: "dm.noOne" } as const;

export function Privacy() {
  const t = useText();
  const { settings } = useMe();
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
      <p className="mt-4 px-1 text-12 text-ink-2">{t("conversation.notEncrypted")}</p>
    </Page>
  );
}
