import type { Message } from "@sotto/protocol/types.ts";
import type { ConversationHandle } from "@sotto/sdk/interface.ts";
import { toast } from "../controls/toast.tsx";
import { useText } from "../text/intl.tsx";
import { PickTargets, type SendTarget } from "./pick-targets.tsx";

interface Props {
  handle: ConversationHandle;
  message: Message;
  onClose: () => void;
}

/** Sends a message on (C15). It becomes a message of the forwarder's, which unsending the source does not reach: that is said here (R9). */
export function ForwardDialog({ handle, message, onClose }: Props) {
  const t = useText();
  const forward = (targets: readonly SendTarget[]) => {
    for (const { to } of targets) handle.forward(message.id, to);
    toast(t("forward.done", { count: targets.length }));
    onClose();
  };
  return (
    <PickTargets
      title={t("forward.title")}
      action={t("message.forward")}
      note={t("forward.note")}
      onSend={forward}
      onClose={onClose}
    />
  );
}
