import { Suspense } from "react";
import type { Question } from "./confirm-dialog.tsx";
import { part } from "./part.tsx";

const ConfirmDialog = part(async () => (await import("./confirm-dialog.tsx")).ConfirmDialog);

/** A question before something is done, loaded when it is asked. */
export function Confirm(question: Question) {
  return (
    <Suspense>
      <ConfirmDialog {...question} />
    </Suspense>
  );
}
