/** One thing that was looked at. `todo` says what to do about it, to the person who reads it. */
export type Finding =
  | { what: string; state: "ok"; detail: string }
  | { what: string; state: "warning" | "wrong"; detail: string; todo: string };

export function ok(what: string, detail: string): Finding {
  return { what, state: "ok", detail };
}

/** Works, and will not for ever or not as safely as it could. */
export function warning(what: string, detail: string, todo: string): Finding {
  return { what, state: "warning", detail, todo };
}

export function wrong(what: string, detail: string, todo: string): Finding {
  return { what, state: "wrong", detail, todo };
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export async function within<T>(work: Promise<T>, withinMs: number, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`${what} did not answer within ${withinMs / 1000} s`)),
    withinMs,
  );
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
