import { useState } from "react";
import { Link } from "wouter";
import { ProblemNote } from "../account/problem-note.tsx";
import { Button } from "../controls/button.tsx";
import { Front } from "../sign-in/front.tsx";
import { useText } from "../text/intl.tsx";

/** Where a summary's link leads, signed in or not. A press ends them: what opens links by itself ends nothing (R24). */
export function Unsubscribe() {
  const t = useText();
  const [token] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const [state, setState] = useState<"asked" | "busy" | "done" | "unknown" | "failed">("asked");
  const end = async () => {
    setState("busy");
    try {
      const answer = await fetch(`/v1/digest/unsubscribe?token=${encodeURIComponent(token)}`, { method: "POST" });
      setState(answer.ok ? "done" : answer.status === 404 ? "unknown" : "failed");
    } catch {
      setState("failed");
    }
  };
  const done = state === "done";
  const problem = state === "unknown" ? t("unsubscribe.unknown") : state === "failed" ? t("unsubscribe.failed") : "";
  return (
    <Front
      title={t(done ? "unsubscribe.done" : "unsubscribe.title")}
      lead={t(done ? "unsubscribe.doneLead" : "unsubscribe.lead")}
    >
      <div className="grid gap-5">
        <ProblemNote text={problem} />
        {!done && (
          <Button look="main" busy={state === "busy"} disabled={token === ""} onClick={() => void end()}>
            {t("unsubscribe.action")}
          </Button>
        )}
        <Link
          href="/"
          className="inline-grid min-h-11 place-items-center justify-self-start text-14 font-semibold text-accent-text underline-offset-2 hover:underline"
        >
          {t("verify.on")}
        </Link>
      </div>
    </Front>
  );
}
