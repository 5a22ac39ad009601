import { useState } from "react";
import { useLocation } from "wouter";
import { Button } from "../controls/button.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { toast } from "../controls/toast.tsx";
import { forgetPush, pushIsOf } from "../notifications/forget-push.ts";
import { useMe, useSotto } from "../session/session.tsx";
import { PasswordField } from "../sign-in/password-field.tsx";
import { useText } from "../text/intl.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { useAttempt } from "./use-attempt.ts";

/** What goes, what stays, and the password: it cannot be taken back. */
export function DeleteQuestion({ onClose }: { onClose: () => void }) {
  const t = useText();
  const sotto = useSotto();
  const { id: myId } = useMe();
  const [askedAt, navigate] = useLocation();
  const [password, setPassword] = useState("");
  const { busy, problem, run } = useAttempt();
  const confirm = () =>
    run(async () => {
      await sotto.call("me.delete", { password });
      if (pushIsOf(myId)) void forgetPush().catch(() => {});
      // The session ended before this answer: somebody else may have signed in since, and has another client.
      if (sotto.connection.get().is !== "signed_out") return;
      toast(t("account.deleted"));
      if (location.pathname === askedAt) navigate("/", { replace: true });
    });
  return (
    <Dialog title={t("account.deleteTitle")} onClose={onClose} shape="question">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        <p className="text-14 text-ink-2">{t("account.deleteBody")}</p>
        <PasswordField value={password} onChange={setPassword} autoComplete="current-password" />
        <ProblemNote text={problem} />
        <div className="flex justify-end gap-2">
          <Button look="soft" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button look="danger" type="submit" busy={busy} disabled={password === ""}>
            {t("account.deleteAction")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
