import { useState } from "react";
import { Link } from "wouter";
import { ProblemNote } from "../account/problem-note.tsx";
import { useAttempt } from "../account/use-attempt.ts";
import { Button } from "../controls/button.tsx";
import { useSession } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { Front } from "./front.tsx";

/** Where the link of the letter leads. A press confirms: what opens links by itself, as mail scanners do, confirms nothing. */
export function VerifyEmail() {
  const t = useText();
  const { sotto } = useSession();
  const [token] = useState(() => location.hash.slice(1));
  const [address, setAddress] = useState("");
  const { busy, problem, run } = useAttempt();
  const confirm = () =>
    run(async () => {
      setAddress((await sotto.call("me.verifyEmail", { token })).address);
      history.replaceState(null, "", "/verify-email");
    });
  const done = address !== "";
  return (
    <Front
      title={t(done ? "verify.done" : "verify.title")}
      lead={done ? t("verify.doneLead", { address }) : t("verify.lead")}
    >
      <div className="grid gap-5">
        <ProblemNote text={problem} />
        {!done && (
          <Button look="main" busy={busy} disabled={token === ""} onClick={() => void confirm()}>
            {t("verify.action")}
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
