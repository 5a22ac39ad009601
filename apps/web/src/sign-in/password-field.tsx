import Eye from "lucide-react/icons/eye";
import EyeOff from "lucide-react/icons/eye-off";
import { useState } from "react";
import { IconButton } from "../controls/icon-button.tsx";
import { TextField } from "../controls/text-field.tsx";
import { useText } from "../text/intl.tsx";

interface Props {
  /** "Password", unless there are two. */
  label?: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete: "current-password" | "new-password";
  hint?: string;
  problem?: string;
}

export function PasswordField({ label, value, onChange, autoComplete, hint = "", problem = "" }: Props) {
  const t = useText();
  const [shown, setShown] = useState(false);
  return (
    <TextField
      label={label ?? t("signIn.password")}
      type={shown ? "text" : "password"}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      autoComplete={autoComplete}
      autoCapitalize="none"
      spellCheck={false}
      hint={hint}
      problem={problem}
      after={
        <IconButton
          icon={shown ? EyeOff : Eye}
          label={t(shown ? "signIn.hidePassword" : "signIn.showPassword")}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          className="me-0.5"
        />
      }
    />
  );
}
