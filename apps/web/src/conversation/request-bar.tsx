import type { Conversation, PersonBrief } from "@sotto/protocol/types.ts";
import { useState } from "react";
import { useLocation } from "wouter";
import { Button } from "../controls/button.tsx";
import { toast } from "../controls/toast.tsx";
import { BlockQuestion } from "../people/block-question.tsx";
import { errorText } from "../session/problem.ts";
import { useSotto } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { isAbandoned, isGroup } from "./counterpart.ts";

/** Somebody new wrote: until one accepts they have this one message, and see nothing of it being read (R3, R4). */
export function RequestBar({ conversation, person }: { conversation: Conversation; person: PersonBrief }) {
  const t = useText();
  const sotto = useSotto();
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState<"accept" | "decline" | null>(null);
  const [blocking, setBlocking] = useState(false);
  const { id: conversationId } = conversation;
  const group = isGroup(conversation);
  const gone = isAbandoned(conversation);

  const answer = async (which: "accept" | "decline") => {
    setBusy(which);
    try {
      await sotto.call(`requests.${which}`, { conversationId });
      navigate(which === "accept" ? `/c/${conversationId}` : "/requests");
    } catch (error) {
      toast(errorText(t, error));
    }
    setBusy(null);
  };

  return (
    <div className="grid shrink-0 gap-3 border-t border-line bg-sunk px-4 py-4 text-center md:px-6">
      <p className="text-14 text-balance text-ink-2">
        {group ? t("group.invited") : gone ? t("refusal.accountDeleted") : t("request.explain", { name: person.name })}
      </p>
      <div className="flex flex-wrap justify-center gap-2">
        {!group && !gone && (
          <Button look="danger" onClick={() => setBlocking(true)}>
            {t("people.block")}
          </Button>
        )}
        <Button busy={busy === "decline"} onClick={() => void answer("decline")}>
          {t(group ? "group.decline" : "action.delete")}
        </Button>
        {!gone && (
          <Button look="main" busy={busy === "accept"} onClick={() => void answer("accept")}>
            {t("request.accept")}
          </Button>
        )}
      </div>
      {blocking && (
        <BlockQuestion person={person} onClose={() => setBlocking(false)} onBlocked={() => navigate("/requests")} />
      )}
    </div>
  );
}
