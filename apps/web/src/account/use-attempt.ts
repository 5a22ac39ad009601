import { SottoError } from "@sotto/sdk/error.ts";
import { useState } from "react";
import { errorText } from "../session/problem.ts";
import { useText } from "../text/intl.tsx";

/** One thing that is being done: whether it is under way, and why it did not work. */
export interface Attempt {
  busy: boolean;
  problem: string;
  run: (work: () => Promise<void>) => Promise<void>;
}

export function useAttempt(): Attempt {
  const t = useText();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem("");
    try {
      await work();
    } catch (error) {
      // Nobody is asked for a username here.
      setProblem(
        error instanceof SottoError && error.code === "wrong_credentials" ? t("password.wrong") : errorText(t, error),
      );
    }
    setBusy(false);
  };
  return { busy, problem, run };
}
