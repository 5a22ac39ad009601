import { useState } from "react";
import { errorText } from "../session/problem.ts";
import { useText } from "../text/intl.tsx";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

export interface Question {
  title: string;
  body: string;
  action: string;
  onClose: () => void;
  onConfirm: () => Promise<unknown>;
}

/** A question before something that cannot be taken back. Stays open, with the reason, when it did not work. */
export function ConfirmDialog({ title, body, action, onClose, onConfirm }: Question) {
  const t = useText();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(errorText(t, error));
      setBusy(false);
    }
  };

  return (
    <Dialog title={title} onClose={onClose} shape="question">
      <p className="text-14 text-ink-2">{body}</p>
      {problem !== "" && (
        <p role="alert" className="mt-3 text-14 text-bad">
          {problem}
        </p>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button look="soft" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button look="main" busy={busy} onClick={() => void confirm()}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
