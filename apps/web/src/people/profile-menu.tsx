import type { Profile } from "@sotto/protocol/types.ts";
import Ban from "lucide-react/icons/ban";
import Bell from "lucide-react/icons/bell";
import LinkIcon from "lucide-react/icons/link";
import LockKeyhole from "lucide-react/icons/lock-keyhole";
import LogOut from "lucide-react/icons/log-out";
import Pencil from "lucide-react/icons/pencil";
import Settings from "lucide-react/icons/settings";
import Send from "lucide-react/icons/send";
import { Suspense, useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import type { MenuItem } from "../controls/menu.tsx";
import { toast } from "../controls/toast.tsx";
import { part } from "../controls/part.tsx";
import { errorText } from "../session/problem.ts";
import { useSession } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { BlockQuestion } from "./block-question.tsx";
import { unblock } from "./blocking.ts";

const ShareProfile = part(async () => (await import("../conversation/share-profile.tsx")).ShareProfile);

export function useProfileMenu(profile: Profile, mine: boolean): { items: MenuItem[]; dialog: ReactNode } {
  const t = useText();
  const { sotto, signOut } = useSession();
  const [, navigate] = useLocation();
  const [blocking, setBlocking] = useState(false);
  const [sharing, setSharing] = useState(false);
  const copyLink: MenuItem = {
    label: t("profile.copyLink"),
    icon: LinkIcon,
    onSelect: () => void copyAddress(profile.username).then(() => toast(t("message.copied"))),
  };

  const share: MenuItem = {
    label: t("share.action"),
    icon: Send,
    onSelect: () => setSharing(true),
  };
  const sheet = sharing && (
    <Suspense>
      <ShareProfile person={profile} onClose={() => setSharing(false)} />
    </Suspense>
  );

  if (mine) {
    const items: MenuItem[] = [
      { label: t("settings.privacy"), icon: LockKeyhole, onSelect: () => navigate("/settings/privacy") },
      { label: t("notifications.title"), icon: Bell, onSelect: () => navigate("/settings/notifications") },
      { label: t("settings.title"), icon: Settings, onSelect: () => navigate("/settings") },
      { label: t("profile.edit"), icon: Pencil, onSelect: () => navigate("/me/edit") },
      share,
      copyLink,
      { label: t("session.signOut"), icon: LogOut, onSelect: () => void signOut(), danger: true, apart: true },
    ];
    return { items, dialog: sheet };
  }
  const lift = () => void unblock(sotto, profile.id).catch((error: unknown) => toast(errorText(t, error)));
  const items: MenuItem[] = [
    share,
    copyLink,
    profile.relation.blocked
      ? { label: t("people.unblock"), icon: Ban, onSelect: lift, apart: true }
      : { label: t("people.block"), icon: Ban, onSelect: () => setBlocking(true), danger: true, apart: true },
  ];
  return {
    items,
    dialog: blocking ? (
      <BlockQuestion person={profile} onClose={() => setBlocking(false)} onBlocked={() => {}} />
    ) : (
      sheet
    ),
  };
}

async function copyAddress(username: string): Promise<void> {
  await navigator.clipboard.writeText(new URL(`/people/${username}`, location.origin).href);
}
