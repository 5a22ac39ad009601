import type { PersonBrief } from "@sotto/protocol/types.ts";
import Ban from "lucide-react/icons/ban";
import { useState } from "react";
import { Button } from "../controls/button.tsx";
import { Empty } from "../controls/empty.tsx";
import { Loaded } from "../controls/loaded.tsx";
import { toast } from "../controls/toast.tsx";
import { unblock } from "../people/blocking.ts";
import { PersonRow } from "../people/person-row.tsx";
import { errorText } from "../session/problem.ts";
import { useSotto } from "../session/session.tsx";
import { useLoad } from "../session/use-load.ts";
import { useText } from "../text/intl.tsx";
import { Page } from "../controls/page.tsx";

export function BlockedPeople() {
  const t = useText();
  const sotto = useSotto();
  const blocks = useLoad(() => sotto.call("blocks.list", { limit: 200 }), [sotto]);
  return (
    <Page title={t("blocked.title")} back="/settings/privacy">
      <Loaded load={blocks}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={Ban} title={t("blocked.none")} body={t("blocked.explain")} />
          ) : (
            <>
              <p className="mb-3 px-1 text-14 text-ink-2">{t("blocked.explain")}</p>
              <ul>
                {items.map((person) => (
                  <li key={person.id}>
                    <PersonRow person={person}>
                      <UnblockButton person={person} onDone={blocks.again} />
                    </PersonRow>
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function UnblockButton({ person, onDone }: { person: PersonBrief; onDone: () => void }) {
  const t = useText();
  const sotto = useSotto();
  const [busy, setBusy] = useState(false);
  const lift = async () => {
    setBusy(true);
    try {
      await unblock(sotto, person.id);
      onDone();
    } catch (error) {
      toast(errorText(t, error));
      setBusy(false);
    }
  };
  return (
    <Button busy={busy} aria-label={t("blocked.unblock", { name: person.name })} onClick={() => void lift()}>
      {t("people.unblock")}
    </Button>
  );
}
