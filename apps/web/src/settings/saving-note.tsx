import { classes } from "../controls/classes.ts";
import { useText } from "../text/intl.tsx";
import type { Saving } from "./use-settings.ts";

export function SavingNote({ saving }: { saving: Saving }) {
  const t = useText();
  const text = {
    idle: "",
    saving: t("settings.saving"),
    saved: t("settings.saved"),
    failed: saving.is === "failed" ? saving.text : "",
  }[saving.is];
  return (
    <p
      role="status"
      className={classes(
        "mt-2 min-h-5 text-12 font-semibold",
        saving.is === "failed" ? "text-bad" : saving.is === "saved" ? "text-ok" : "text-ink-2",
      )}
    >
      {text}
    </p>
  );
}
