import type { PersonBrief } from "@sotto/protocol/types.ts";
import { toast } from "../controls/toast.tsx";
import { useSotto } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { PickTargets, type SendTarget } from "./pick-targets.tsx";

/** A profile as a card in a message (C14). */
export function ShareProfile({ person, onClose }: { person: PersonBrief; onClose: () => void }) {
  const t = useText();
  const sotto = useSotto();
  const share = (targets: readonly SendTarget[]) => {
    for (const { to } of targets) {
      const handle = "conversationId" in to ? sotto.conversation(to.conversationId) : sotto.withPerson(to.personId);
      handle.send({ text: "", cardPersonId: person.id });
    }
    toast(t("share.done", { count: targets.length }));
    onClose();
  };
  return (
    <PickTargets
      title={t("share.title", { name: person.name })}
      action={t("composer.send")}
      onSend={share}
      onClose={onClose}
    />
  );
}
