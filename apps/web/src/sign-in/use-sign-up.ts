import { limits } from "@sotto/protocol/limits.ts";
import { SottoError } from "@sotto/sdk/error.ts";
import { useState, type FormEvent } from "react";
import { useLocation } from "wouter";
import { errorText } from "../session/problem.ts";
import { useSession } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { deviceName } from "./device-name.ts";
import { passwordProblem, usernameProblem } from "./rules.ts";

/** The numbers that the rules name. */
export const ruleNumbers = {
  least: limits.passwordMinChars,
  from: limits.usernameMinChars,
  to: limits.usernameMaxChars,
};

interface SignUpForm {
  values: { name: string; username: string; password: string };
  set(change: Partial<SignUpForm["values"]>): void;
  /** What is wrong with each field, once somebody tried to go on; empty where nothing is. */
  problems: { username: string; password: string; form: string };
  busy: boolean;
  submit(event: FormEvent): void;
}

export function useSignUp(): SignUpForm {
  const t = useText();
  const { sotto, renew } = useSession();
  const [, navigate] = useLocation();
  const [values, setValues] = useState({ name: "", username: "", password: "" });
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [taken, setTaken] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const { name, username, password } = values;
  const wrong = { username: usernameProblem(username), password: passwordProblem(password, username) };

  const signUp = async () => {
    setTried(true);
    setProblem("");
    if (wrong.username !== null || wrong.password !== null) return;
    setBusy(true);
    try {
      const shownName = name.trim() === "" ? username : name.trim();
      await sotto.call("auth.signUp", {
        username,
        password,
        name: shownName,
        credential: "cookie",
        device: deviceName(),
      });
      navigate("/");
      renew();
    } catch (error) {
      if (error instanceof SottoError && error.code === "username_taken") setTaken(username);
      else setProblem(errorText(t, error));
      setBusy(false);
    }
  };

  const rule = (which: typeof wrong.username | typeof wrong.password) =>
    tried && which !== null ? t(`rules.${which}`, ruleNumbers) : "";
  return {
    values,
    set: (change) => setValues({ ...values, ...change }),
    problems: {
      username: taken === username ? t("error.username_taken") : rule(wrong.username),
      password: rule(wrong.password),
      form: problem,
    },
    busy,
    submit(event) {
      event.preventDefault();
      void signUp();
    },
  };
}
