import { useState, type FormEvent } from "react";
import { Button } from "../controls/button.tsx";
import { toast } from "../controls/toast.tsx";
import { useMe, useSotto } from "../session/session.tsx";
import { PasswordField } from "../sign-in/password-field.tsx";
import { passwordProblem } from "../sign-in/rules.ts";
import { ruleNumbers } from "../sign-in/use-sign-up.ts";
import { useText } from "../text/intl.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { Section } from "./section.tsx";
import { useAttempt } from "./use-attempt.ts";

export function PasswordForm() {
  const t = useText();
  const [editing, setEditing] = useState(false);
  return (
    <Section title={t("password.title")} lead={t("password.lead")}>
      {editing ? (
        <Fields onClose={() => setEditing(false)} />
      ) : (
        <Button className="justify-self-start" onClick={() => setEditing(true)}>
          {t("password.action")}
        </Button>
      )}
    </Section>
  );
}

function Fields({ onClose }: { onClose: () => void }) {
  const t = useText();
  const sotto = useSotto();
  const me = useMe();
  const [password, setPassword] = useState("");
  const [next, setNext] = useState("");
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useAttempt();
  const wrong = passwordProblem(next, me.username);

  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong !== null) return;
    void run(async () => {
      await sotto.call("auth.changePassword", { password, newPassword: next });
      toast(t("password.changed"));
      onClose();
    });
  };

  return (
    <form className="grid gap-4" onSubmit={save}>
      {/* For password managers: whose this is. */}
      <input type="text" name="username" autoComplete="username" value={me.username} readOnly hidden />
      <PasswordField
        label={t("password.current")}
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
      />
      <PasswordField
        label={t("password.next")}
        value={next}
        onChange={setNext}
        autoComplete="new-password"
        hint={t("rules.passwordShort", ruleNumbers)}
        problem={tried && wrong !== null ? t(`rules.${wrong}`, ruleNumbers) : ""}
      />
      <ProblemNote text={problem} />
      <div className="flex flex-wrap gap-2">
        <Button look="main" type="submit" busy={busy} disabled={password === "" || next === ""}>
          {t("password.action")}
        </Button>
        <Button look="soft" onClick={onClose}>
          {t("action.cancel")}
        </Button>
      </div>
    </form>
  );
}
