import type { ErrorCode } from "@sotto/protocol/errors.ts";
import { SottoError } from "@sotto/sdk/error.ts";
import { useCallback, useEffect, useState, type DependencyList } from "react";
import { errorText } from "./problem.ts";
import { useText } from "../text/intl.tsx";

export type LoadState<T> =
  | { is: "loading" }
  | { is: "loaded"; value: T }
  | { is: "failed"; text: string; code: ErrorCode | null };

export interface Load<T> {
  state: LoadState<T>;
  /** Keeps showing what is there until the new answer comes. */
  again(): void;
}

/** Asks once for each set of dependencies; an answer that comes after the next question is dropped. */
export function useLoad<T>(ask: () => Promise<T>, dependencies: DependencyList): Load<T> {
  const t = useText();
  const [state, setState] = useState<LoadState<T>>({ is: "loading" });
  const [round, setRound] = useState(0);

  useEffect(() => {
    let wanted = true;
    ask().then(
      (value) => wanted && setState({ is: "loaded", value }),
      (error: unknown) =>
        wanted &&
        setState({ is: "failed", text: errorText(t, error), code: error instanceof SottoError ? error.code : null }),
    );
    return () => {
      wanted = false;
    };
    // oxlint-disable-next-line react/exhaustive-deps -- whoever calls names what its question depends on
  }, [...dependencies, round]);

  return { state, again: useCallback(() => setRound((one) => one + 1), []) };
}
