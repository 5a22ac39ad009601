import { limits } from "@sotto/protocol/limits.ts";
import { SottoError } from "@sotto/sdk/error.ts";
import { useState, type FormEvent } from "react";
import { Link, useLocation } from "wouter";
import { Button } from "../controls/button.tsx";
import { TextField } from "../controls/text-field.tsx";
import { errorText } from "../session/problem.ts";
import { useSession } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { deviceName } from "./device-name.ts";
import { Front } from "./front.tsx";
import { PasswordField } from "./password-field.tsx";
import { passwordProblem, usernameProblem } from "./rules.ts";

export function SignUp() {
  const t = useText();
  const { sotto, renew } = useSession();
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [taken, setTaken] = useState("");
  const [problem, setProblem] = useState("");

  const wrong = { username: usernameProblem(username), password: passwordProblem(password, username) };
  const usernameText = taken === username && taken !== "" ? t("error.username_taken") : tried && wrong.username !== null ? t(`rules.${wrong.username}`, rulesNumbers) : "";

  const signUp = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setProblem("");
    if (wrong.username !== null || wrong.password !== null) return;
    setBusy(true);
    try {
      await sotto.call("auth.signUp", { username, password, name: name.trim() === "" ? username : name.trim(), credential: "cookie", device: deviceName() });
      navigate("/");
      renew();
    } catch (error) {
      if (error instanceof SottoError && error.code === "username_taken") setTaken(username);
      else setProblem(errorText(t, error));
      setBusy(false);
    }
  };

  return (
    <Front title={t("signUp.title")} lead={t("signUp.lead")}>
      <form noValidate onSubmit={(event) => void signUp(event)} className="grid gap-5">
        <TextField label={t("signUp.name")} value={name} onChange={(event) => setName(event.target.value)} autoComplete="name" hint={t("signUp.nameHint")} autoFocus />
        <TextField
          label={t("signUp.username")}
          value={username}
          onChange={(event) => setUsername(event.target.value.toLowerCase().replaceAll(/\s/gu, ""))}
          autoComplete="username"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          before={<span className="text-16 text-ink-2">@</span>}
          hint={t("signUp.usernameHint")}
          problem={usernameText}
        />
        <PasswordField
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          hint={t("signUp.passwordHint", rulesNumbers)}
          problem={tried && wrong.password !== null ? t(`rules.${wrong.password}`, rulesNumbers) : ""}
        />
        {problem !== "" && (
          <p role="alert" className="rounded-card bg-sunk px-4 py-3 text-14 font-medium text-bad">
            {problem}
          </p>
        )}
        <Button look="main" type="submit" busy={busy}>
          {t("signUp.action")}
        </Button>
      </form>
      <p className="mt-8 text-14 text-ink-2">
        {t("signUp.have")}{" "}
        <Link href="/sign-in" className="inline-grid min-h-11 place-items-center font-semibold text-accent-text underline-offset-2 hover:underline">
          {t("signIn.action")}
        </Link>
      </p>
    </Front>
  );
}

const rulesNumbers = { least: limits.passwordMinChars, from: limits.usernameMinChars, to: limits.usernameMaxChars };
