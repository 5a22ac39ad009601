import { useState } from "react";
import { Button } from "../controls/button.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { toast } from "../controls/toast.tsx";
import { useSession } from "../session/session.tsx";
import { PasswordField } from "../sign-in/password-field.tsx";
import { useText } from "../text/intl.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { useAttempt } from "./use-attempt.ts";

/** What goes, what stays, and the password: it cannot be taken back. */
export function DeleteQuestion({ onClose }: { onClose: () => void }) {
  const t = useText();
  const { sotto, signOut } = useSession();
  const [password, setPassword] = useState("");
  const { busy, problem, run } = useAttempt();
  const confirm = () =>
    run(async () => {
      await sotto.call("me.delete", { password });
      toast(t("account.deleted"));
      // The session is gone with the account: this device forgets what it held, and what waited.
      await signOut();
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
