import { useState, type FormEvent } from "react";
import { Link } from "wouter";
import { ProblemNote } from "../account/problem-note.tsx";
import { useAttempt } from "../account/use-attempt.ts";
import { Button } from "../controls/button.tsx";
import { TextField } from "../controls/text-field.tsx";
import { useSession } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { Front } from "./front.tsx";
import { PasswordField } from "./password-field.tsx";
import { passwordProblem } from "./rules.ts";
import { ruleNumbers } from "./use-sign-up.ts";

/** A lost password. With the token of the letter behind `#`, which no server sees, a new one is chosen; else the letter is asked for. */
export function Recover() {
  const [token] = useState(() => location.hash.slice(1));
  return token === "" ? <AskForLetter /> : <ChoosePassword token={token} />;
}

function AskForLetter() {
  const t = useText();
  const { sotto } = useSession();
  const [name, setName] = useState("");
  const [sent, setSent] = useState(false);
  const { busy, problem, run } = useAttempt();
  const ask = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      await sotto.call("auth.requestRecovery", { usernameOrEmail: name.trim() });
      setSent(true);
    });
  };
  return (
    <Front title={t("recover.title")} lead={t(sent ? "recover.sent" : "recover.lead")}>
      {!sent && (
        <form onSubmit={ask} className="grid gap-5">
          <TextField
            label={t("recover.name")}
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoComplete="username"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            required
            autoFocus
          />
          <ProblemNote text={problem} />
          <Button look="main" type="submit" busy={busy} disabled={name.trim() === ""}>
            {t("recover.ask")}
          </Button>
        </form>
      )}
      <BackToSignIn />
    </Front>
  );
}

function ChoosePassword({ token }: { token: string }) {
  const t = useText();
  const { sotto } = useSession();
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const [username, setUsername] = useState("");
  const { busy, problem, run } = useAttempt();
  const wrong = passwordProblem(password, "");
  const choose = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong !== null) return;
    void run(async () => {
      setUsername((await sotto.call("auth.recover", { token, newPassword: password })).username);
      history.replaceState(null, "", "/recover");
    });
  };
  if (username !== "")
    return (
      <Front title={t("recover.done")} lead={t("recover.doneLead", { username: `@${username}` })}>
        <BackToSignIn />
      </Front>
    );
  return (
    <Front title={t("recover.choose")} lead={t("recover.chooseLead")}>
      <form onSubmit={choose} className="grid gap-5">
        <PasswordField
          label={t("password.next")}
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          hint={t("rules.passwordShort", ruleNumbers)}
          problem={tried && wrong !== null ? t(`rules.${wrong}`, ruleNumbers) : ""}
        />
        <ProblemNote text={problem} />
        <Button look="main" type="submit" busy={busy} disabled={password === ""}>
          {t("recover.action")}
        </Button>
      </form>
      <BackToSignIn />
    </Front>
  );
}

function BackToSignIn() {
  const t = useText();
  return (
    <p className="mt-8 text-14">
      <Link
        href="/"
        className="inline-grid min-h-11 place-items-center font-semibold text-accent-text underline-offset-2 hover:underline"
      >
        {t("recover.back")}
      </Link>
    </p>
  );
}
