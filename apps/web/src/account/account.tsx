import Download from "lucide-react/icons/download";
import Trash2 from "lucide-react/icons/trash-2";
import { useState } from "react";
import { Button } from "../controls/button.tsx";
import { Page } from "../controls/page.tsx";
import { useText } from "../text/intl.tsx";
import { DeleteQuestion } from "./delete-question.tsx";
import { EmailForm } from "./email-form.tsx";
import { PasswordForm } from "./password-form.tsx";
import { Section } from "./section.tsx";

/** What belongs to the account: its address, its password, everything of mine to take along, and its end (C9, R18). */
export function Account() {
  const t = useText();
  const [deleting, setDeleting] = useState(false);
  return (
    <Page title={t("account.title")} back="/settings">
      <div className="grid gap-8">
        <EmailForm />
        <PasswordForm />
        <Section title={t("account.export")} lead={t("account.exportLead")}>
          <a
            href="/v1/me/export"
            download
            className="inline-flex min-h-11 items-center gap-2 justify-self-start rounded-full border border-line bg-raised px-5 text-14 font-semibold hover:bg-sunk"
          >
            <Download size={18} strokeWidth={1.75} aria-hidden />
            {t("account.exportAction")}
          </a>
        </Section>
        <Section title={t("account.delete")} lead={t("account.deleteLead")}>
          <Button look="danger" icon={Trash2} className="justify-self-start" onClick={() => setDeleting(true)}>
            {t("account.deleteAction")}
          </Button>
        </Section>
      </div>
      {deleting && <DeleteQuestion onClose={() => setDeleting(false)} />}
    </Page>
  );
}
