import type { Settings } from "@sotto/protocol/types.ts";
import { useState } from "react";
import { useMe, useSotto } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { errorText } from "../session/problem.ts";

export type Saving = { is: "idle" } | { is: "saving" } | { is: "saved" } | { is: "failed"; text: string };

interface SettingsEditor {
  settings: Settings;
  saving: Saving;
  save(change: Partial<Settings>): void;
}

/** Each choice is saved as it is made (C4), shown at once, and put back, with the reason, when the server did not take it. */
export function useSettings(): SettingsEditor {
  const t = useText();
  const sotto = useSotto();
  const { settings } = useMe();
  const [chosen, setChosen] = useState<Partial<Settings>>({});
  const [saving, setSaving] = useState<Saving>({ is: "idle" });

  const save = async (change: Partial<Settings>) => {
    setChosen(change);
    setSaving({ is: "saving" });
    try {
      await sotto.call("settings.update", change);
      setSaving({ is: "saved" });
    } catch (error) {
      setChosen({});
      setSaving({ is: "failed", text: errorText(t, error) });
    }
  };
  return {
    settings: saving.is === "saving" ? { ...settings, ...chosen } : settings,
    saving,
    save: (change) => void save(change),
  };
}
