import type { PersonBrief, SendDecision } from "@sotto/protocol/types.ts";
import type { LucideIcon } from "lucide-react";
import Ban from "lucide-react/icons/ban";
import Hourglass from "lucide-react/icons/hourglass";
import MessageCircleOff from "lucide-react/icons/message-circle-off";
import SlidersHorizontal from "lucide-react/icons/sliders-horizontal";
import UserX from "lucide-react/icons/user-x";
import { useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import { Button } from "../controls/button.tsx";
import { toast } from "../controls/toast.tsx";
import { unblock } from "../people/blocking.ts";
import { errorText, momentText, problemText } from "../session/problem.ts";
import { useSotto } from "../session/session.tsx";
import { useText, type Translate } from "../text/intl.tsx";

type Refused = Extract<SendDecision, { allowed: false }>;

interface Props {
  decision: Refused;
  person: PersonBrief;
  hasHistory: boolean;
  onChanged: () => void;
}

/** In the composer's place: the server's decision in plain words, and what can be done about it (R1 to R5). */
export function Refusal({ decision, person, hasHistory, onChanged }: Props) {
  const t = useText();
  return (
    <Closed {...explain(t, decision, { name: person.name, hasHistory })}>
      <WayOut {...{ decision, person, onChanged }} />
    </Closed>
  );
}

/** R18: there is nobody any more to write to, whatever the settings say. */
export function AccountGone() {
  return <Closed icon={UserX} text={useText()("refusal.accountDeleted")} />;
}

function Closed({ icon: Icon, text, children }: { icon: LucideIcon; text: string; children?: ReactNode }) {
  return (
    <div
      role="status"
      className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-t border-line bg-sunk px-4 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-6"
    >
      <Icon size={20} strokeWidth={1.75} className="shrink-0 text-ink-2" aria-hidden />
      <p className="min-w-0 flex-1 basis-52 py-2 text-14 text-ink-2">{text}</p>
      {children}
    </div>
  );
}

function WayOut({ decision, person, onChanged }: Omit<Props, "hasHistory">) {
  const t = useText();
  const sotto = useSotto();
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  if (decision.code === "own_setting_closed") {
    return (
      <Button look="main" onClick={() => navigate("/settings/privacy/direct-messages")}>
        {t("refusal.openSetting")}
      </Button>
    );
  }
  if (decision.code !== "blocked_by_you") return null;
  const lift = async () => {
    setBusy(true);
    try {
      await unblock(sotto, person.id);
      onChanged();
    } catch (error) {
      toast(errorText(t, error));
    }
    setBusy(false);
  };
  return (
    <Button look="main" busy={busy} onClick={() => void lift()}>
      {t("people.unblock")}
    </Button>
  );
}

function explain(t: Translate, decision: Refused, { name, hasHistory }: { name: string; hasHistory: boolean }) {
  switch (decision.code) {
    case "blocked_by_you":
      return { icon: Ban, text: t("refusal.blockedByYou", { name }) };
    case "own_setting_closed":
      return { icon: SlidersHorizontal, text: t("refusal.ownSettingClosed", { name }) };
    case "request_waiting": {
      const when = decision.retryAt;
      const text =
        when === undefined
          ? t("refusal.requestWaiting", { name })
          : t("refusal.requestWaitingUntil", { name, when: momentText(when) });
      return { icon: Hourglass, text };
    }
    case "not_accepting":
      return {
        icon: MessageCircleOff,
        text: t(hasHistory ? "refusal.notAcceptingAnyMore" : "refusal.notAccepting", { name }),
      };
    default:
      return { icon: MessageCircleOff, text: problemText(t, decision) };
  }
}
