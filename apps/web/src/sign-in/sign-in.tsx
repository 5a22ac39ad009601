import { limits } from "@sotto/protocol/limits.ts";
import { useState, type FormEvent } from "react";
import { Link } from "wouter";
import { Button } from "../controls/button.tsx";
import { TextField } from "../controls/text-field.tsx";
import { errorText } from "../session/problem.ts";
import { useSession } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { deviceName } from "./device-name.ts";
import { Front } from "./front.tsx";
import { PasswordField } from "./password-field.tsx";

export function SignIn() {
  const t = useText();
  const { sotto, renew } = useSession();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  const signIn = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      await sotto.call("auth.signIn", {
        username: username.trim().toLowerCase().replace(/^@/u, ""),
        password,
        credential: "cookie",
        device: deviceName(),
      });
      renew();
    } catch (error) {
      setProblem(errorText(t, error));
      setBusy(false);
    }
  };

  return (
    <Front title={t("signIn.title")} lead={t("signIn.lead")}>
      <form onSubmit={(event) => void signIn(event)} className="grid gap-5">
        <TextField
          label={t("signIn.username")}
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          autoComplete="username"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          maxLength={limits.usernameMaxChars + 1}
          required
          autoFocus
        />
        <PasswordField value={password} onChange={setPassword} autoComplete="current-password" />
        {problem !== "" && (
          <p role="alert" className="rounded-card bg-sunk px-4 py-3 text-14 font-medium text-bad">
            {problem}
          </p>
        )}
        <Button look="main" type="submit" busy={busy} disabled={username.trim() === "" || password === ""}>
          {t("signIn.action")}
        </Button>
      </form>
      <OtherWays />
    </Front>
  );
}

/** A lost password, or no account yet. */
function OtherWays() {
  const t = useText();
  const look =
    "inline-grid min-h-11 place-items-center font-semibold text-accent-text underline-offset-2 hover:underline";
  return (
    <div className="mt-6 grid text-14 text-ink-2">
      <p>
        <Link href="/recover" className={look}>
          {t("signIn.lost")}
        </Link>
      </p>
      <p>
        {t("signIn.new")}{" "}
        <Link href="/sign-up" className={look}>
          {t("signUp.action")}
        </Link>
      </p>
    </div>
  );
}
