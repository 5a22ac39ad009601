import { Link } from "wouter";
import { Button } from "../controls/button.tsx";
import { TextField } from "../controls/text-field.tsx";
import { useText } from "../text/intl.tsx";
import { Front } from "./front.tsx";
import { PasswordField } from "./password-field.tsx";
import { ruleNumbers, useSignUp } from "./use-sign-up.ts";

export function SignUp() {
  const t = useText();
  return (
    <Front title={t("signUp.title")} lead={t("signUp.lead")}>
      <SignUpForm />
      <p className="mt-8 text-14 text-ink-2">
        {t("signUp.have")}{" "}
        <Link
          href="/sign-in"
          className="inline-grid min-h-11 place-items-center font-semibold text-accent-text underline-offset-2 hover:underline"
        >
          {t("signIn.action")}
        </Link>
      </p>
    </Front>
  );
}

function SignUpForm() {
  const t = useText();
  const { values, set, problems, busy, submit } = useSignUp();
  return (
    <form noValidate onSubmit={submit} className="grid gap-5">
      <TextField
        label={t("signUp.name")}
        value={values.name}
        onChange={(event) => set({ name: event.target.value })}
        autoComplete="name"
        hint={t("signUp.nameHint")}
        autoFocus
      />
      <TextField
        label={t("signUp.username")}
        value={values.username}
        onChange={(event) => set({ username: event.target.value.toLowerCase().replaceAll(/\s/gu, "") })}
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        before={<span className="text-16 text-ink-2">@</span>}
        hint={t("signUp.usernameHint")}
        problem={problems.username}
      />
      <PasswordField
        value={values.password}
        onChange={(password) => set({ password })}
        autoComplete="new-password"
        hint={t("signUp.passwordHint", ruleNumbers)}
        problem={problems.password}
      />
      {problems.form !== "" && (
        <p role="alert" className="rounded-card bg-sunk px-4 py-3 text-14 font-medium text-bad">
          {problems.form}
        </p>
      )}
      <Button look="main" type="submit" busy={busy}>
        {t("signUp.action")}
      </Button>
    </form>
  );
}
