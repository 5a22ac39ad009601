import { useEffect, useState } from "react";
import { SwitchRow } from "../controls/switch-row.tsx";
import { errorText } from "../session/problem.ts";
import { useMe, useSotto } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { browserPush, switchOff, switchOn, type BrowserPush } from "./this-browser.ts";

/** This browser's own switch. The browser asks for permission when it is pressed, and never before. */
export function ThisBrowser() {
  const t = useText();
  const sotto = useSotto();
  const me = useMe();
  const [state, setState] = useState<BrowserPush | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let here = true;
    void browserPush(me.id).then((found) => here && setState(found));
    return () => {
      here = false;
    };
  }, [me.id]);

  const press = async (on: boolean) => {
    setProblem("");
    try {
      setState(on ? await switchOn(sotto, me.id) : await switchOff(sotto));
    } catch (error) {
      setProblem(error instanceof DOMException ? t("notifications.browserFailed") : errorText(t, error));
      setState(await browserPush(me.id));
    }
  };
  if (state === null) return null;
  const refused = { unsupported: t("notifications.browserUnsupported"), blocked: t("notifications.browserBlocked") };
  return (
    <>
      {state === "on" || state === "off" ? (
        <SwitchRow
          label={t("notifications.browser")}
          hint={t("notifications.browserHint")}
          checked={state === "on"}
          onChange={(on) => void press(on)}
        />
      ) : (
        <div className="rounded-card border border-line px-4 py-3">
          <p className="text-14 font-semibold">{t("notifications.browser")}</p>
          <p role="status" className="text-12 text-ink-2">
            {refused[state]}
          </p>
        </div>
      )}
      {problem !== "" && (
        <p role="alert" className="px-1 text-14 text-bad">
          {problem}
        </p>
      )}
    </>
  );
}
