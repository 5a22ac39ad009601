import { limits } from "@sotto/protocol/limits.ts";
import MailCheck from "lucide-react/icons/mail-check";
import MailQuestion from "lucide-react/icons/mail-question-mark";
import { useState, type FormEvent } from "react";
import { Button } from "../controls/button.tsx";
import { TextField } from "../controls/text-field.tsx";
import { toast } from "../controls/toast.tsx";
import { useMe, useSotto } from "../session/session.tsx";
import { PasswordField } from "../sign-in/password-field.tsx";
import { useText } from "../text/intl.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { Section } from "./section.tsx";
import { useAttempt } from "./use-attempt.ts";

/** The address for the digest and for a lost password: it holds once the link that is sent there was followed. */
export function EmailForm() {
  const t = useText();
  const { email } = useMe();
  const [editing, setEditing] = useState(false);
  return (
    <Section title={t("email.title")} lead={t("email.lead")}>
      {email !== null && <Address {...email} />}
      {editing ? (
        <Fields before={email?.address} onClose={() => setEditing(false)} />
      ) : (
        <Button className="justify-self-start" onClick={() => setEditing(true)}>
          {t(email === null ? "email.add" : "email.change")}
        </Button>
      )}
    </Section>
  );
}

function Fields({ before, onClose }: { before: string | undefined; onClose: () => void }) {
  const t = useText();
  const sotto = useSotto();
  const [address, setAddress] = useState(before ?? "");
  const [password, setPassword] = useState("");
  const { busy, problem, run } = useAttempt();

  const attempt = (work: () => Promise<unknown>, words: string) =>
    void run(async () => {
      await work();
      await sotto.call("me.get", {});
      toast(words);
      onClose();
    });
  const save = (event: FormEvent) => {
    event.preventDefault();
    const given = address.trim();
    attempt(() => sotto.call("me.setEmail", { password, address: given }), t("email.sent", { address: given }));
  };

  return (
    <form className="grid gap-4" onSubmit={save}>
      <TextField
        label={t("email.address")}
        type="email"
        dir="ltr"
        value={address}
        onChange={(event) => setAddress(event.target.value)}
        autoComplete="email"
        maxLength={limits.emailChars}
        autoFocus
      />
      <PasswordField value={password} onChange={setPassword} autoComplete="current-password" />
      <ProblemNote text={problem} />
      <div className="flex flex-wrap gap-2">
        <Button look="main" type="submit" busy={busy} disabled={!address.includes("@") || password === ""}>
          {t("email.send")}
        </Button>
        {before !== undefined && (
          <Button
            look="danger"
            busy={busy}
            disabled={password === ""}
            onClick={() => attempt(() => sotto.call("me.removeEmail", { password }), t("email.removed"))}
          >
            {t("email.remove")}
          </Button>
        )}
        <Button look="soft" onClick={onClose}>
          {t("action.cancel")}
        </Button>
      </div>
    </form>
  );
}

function Address({ address, verified }: { address: string; verified: boolean }) {
  const t = useText();
  const Icon = verified ? MailCheck : MailQuestion;
  return (
    <div className="flex min-h-14 items-center gap-4 rounded-card border border-line bg-raised px-4 py-3">
      <Icon size={20} strokeWidth={1.75} className="shrink-0 text-ink-2" aria-hidden />
      <div className="min-w-0 flex-1">
        <p dir="ltr" className="truncate text-start text-14 font-semibold">
          {address}
        </p>
        <p className="text-12 text-ink-2">{t(verified ? "email.verified" : "email.waiting")}</p>
      </div>
    </div>
  );
}
