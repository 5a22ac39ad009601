import CloudOff from "lucide-react/icons/cloud-off";
import { Suspense, useEffect, useState } from "react";
import { Route, Switch, useLocation } from "wouter";
import { Button } from "./controls/button.tsx";
import { Empty } from "./controls/empty.tsx";
import { Toasts } from "./controls/toast.tsx";
import { part } from "./controls/part.tsx";
import { useSotto, useStore } from "./session/session.tsx";
import { Shell } from "./shell/shell.tsx";
import { SignIn } from "./sign-in/sign-in.tsx";
import { useText } from "./text/intl.tsx";
import { followLanguage } from "./text/language.ts";

const Recover = part(async () => (await import("./sign-in/recover.tsx")).Recover);
const SignUp = part(async () => (await import("./sign-in/sign-up.tsx")).SignUp);
const Unsubscribe = part(async () => (await import("./notifications/unsubscribe.tsx")).Unsubscribe);
const VerifyEmail = part(async () => (await import("./sign-in/verify-email.tsx")).VerifyEmail);

/** Signed in, signed out, or not known yet. */
export function App() {
  const sotto = useSotto();
  const connection = useStore(sotto.connection);
  const me = useStore(sotto.me);
  const [path] = useLocation();
  // Before it is known who is here, what this device remembers holds.
  const language = me === null ? undefined : me.settings.language;
  useEffect(() => {
    if (language !== undefined) followLanguage(language);
  }, [language]);
  return (
    <>
      {path === "/verify-email" || path === "/unsubscribe" ? (
        <ByLetter />
      ) : connection.is === "signed_out" ? (
        <SignedOut />
      ) : me === null ? (
        <Opening />
      ) : (
        <Shell />
      )}
      <Toasts />
    </>
  );
}

/** Whoever is new, or forgot, waits for one part more. */
function SignedOut() {
  return (
    <Suspense>
      <Switch>
        <Route path="/sign-up" component={SignUp} />
        <Route path="/recover" component={Recover} />
        <Route component={SignIn} />
      </Switch>
    </Suspense>
  );
}

/** Where letters lead, signed in or not; loaded when somebody comes there. */
function ByLetter() {
  const [path] = useLocation();
  return <Suspense>{path === "/unsubscribe" ? <Unsubscribe /> : <VerifyEmail />}</Suspense>;
}

const patienceMs = 3_000;

function Opening() {
  const t = useText();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className="grid h-full place-items-center" aria-busy={!late}>
      {late ? (
        <Empty icon={CloudOff} title={t("opening.late")} body={t("opening.lateBody")}>
          <Button onClick={() => location.reload()}>{t("action.retry")}</Button>
        </Empty>
      ) : (
        <img src="/mark.svg" alt={t("state.loading")} width={64} height={64} className="enter-fade" />
      )}
    </main>
  );
}
