import type { PersonBrief } from "@sotto/protocol/types.ts";
import { Confirm } from "../controls/confirm.tsx";
import { useSotto } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { block } from "./blocking.ts";

interface Props {
  person: PersonBrief;
  onClose: () => void;
  onBlocked: () => Promise<unknown> | void;
}

export function BlockQuestion({ person, onClose, onBlocked }: Props) {
  const t = useText();
  const sotto = useSotto();
  return (
    <Confirm
      title={t("block.title", { name: person.name })}
      body={t("block.body")}
      action={t("people.block")}
      onClose={onClose}
      onConfirm={async () => {
        await block(sotto, person.id);
        await onBlocked();
      }}
    />
  );
}
