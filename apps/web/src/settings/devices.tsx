import type { Session } from "@sotto/protocol/types.ts";
import Monitor from "lucide-react/icons/monitor";
import Smartphone from "lucide-react/icons/smartphone";
import { useState } from "react";
import { Button } from "../controls/button.tsx";
import { Loaded } from "../controls/loaded.tsx";
import { toast } from "../controls/toast.tsx";
import { errorText, momentText } from "../session/problem.ts";
import { useSotto } from "../session/session.tsx";
import { useLoad } from "../session/use-load.ts";
import { useText } from "../text/intl.tsx";
import { longDate } from "../text/time.ts";
import { Page } from "../controls/page.tsx";

/** C1: where I am signed in, each one revoked by itself. */
export function Devices() {
  const t = useText();
  const sotto = useSotto();
  const sessions = useLoad(() => sotto.call("sessions.list", {}), [sotto]);
  return (
    <Page title={t("devices.title")} back="/settings">
      <p className="mb-4 px-1 text-14 text-ink-2">{t("devices.explain")}</p>
      <Loaded load={sessions}>
        {({ items }) => (
          <ul className="overflow-hidden rounded-card border border-line bg-raised">
            {items.map((session) => (
              <DeviceRow key={session.id} session={session} onRevoked={sessions.again} />
            ))}
          </ul>
        )}
      </Loaded>
    </Page>
  );
}

function DeviceRow({ session, onRevoked }: { session: Session; onRevoked: () => void }) {
  const t = useText();
  const sotto = useSotto();
  const [busy, setBusy] = useState(false);
  const Icon = /phone|android|ios|mobile/iu.test(session.device) ? Smartphone : Monitor;
  const device = session.device === "" ? t("devices.unnamed") : session.device;

  const revoke = async () => {
    setBusy(true);
    try {
      await sotto.call("sessions.revoke", { sessionId: session.id });
      onRevoked();
    } catch (error) {
      toast(errorText(t, error));
      setBusy(false);
    }
  };

  return (
    <li className="flex min-h-16 items-center gap-4 border-line px-4 py-3 not-first:border-t">
      <Icon size={20} strokeWidth={1.75} className="shrink-0 text-ink-2" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="truncate text-14 font-semibold">{device}</p>
        <p className="text-12 text-ink-2">
          {session.current ? t("devices.current") : t("devices.lastSeen", { when: momentText(session.lastSeenAt) })} ·{" "}
          {t("devices.since", { when: longDate(session.createdAt) })}
        </p>
      </div>
      {!session.current && (
        <Button busy={busy} aria-label={t("devices.revokeOf", { device })} onClick={() => void revoke()}>
          {t("session.signOut")}
        </Button>
      )}
    </li>
  );
}
