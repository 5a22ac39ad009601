import type { PersonBrief } from "@sotto/protocol/types.ts";
import Users from "lucide-react/icons/users";
import { useState } from "react";
import { Button } from "../controls/button.tsx";
import { Empty } from "../controls/empty.tsx";
import { Loaded } from "../controls/loaded.tsx";
import { toast } from "../controls/toast.tsx";
import { errorText } from "../session/problem.ts";
import { useSotto } from "../session/session.tsx";
import { useLoad } from "../session/use-load.ts";
import { Page } from "../controls/page.tsx";
import { useText } from "../text/intl.tsx";
import { PersonRow } from "./person-row.tsx";

interface Props {
  username: string;
  which: "followers" | "following";
}

interface PersonPage {
  items: readonly PersonBrief[];
  next: string | null;
}

export function FollowList({ username, which }: Props) {
  const t = useText();
  const sotto = useSotto();
  const load = useLoad(async () => {
    const { id: personId } = await sotto.call("people.getByUsername", { username });
    const more = (cursor?: string) =>
      sotto.call(`people.${which}`, { personId, ...(cursor === undefined ? {} : { cursor }) });
    return { first: await more(), more };
  }, [sotto, username, which]);
  return (
    <Page
      title={t(which === "followers" ? "follows.followers" : "follows.following", { username })}
      back={`/people/${username}`}
    >
      <Loaded load={load}>
        {({ first, more }) => <People key={`${username} ${which}`} first={first} more={more} which={which} />}
      </Loaded>
    </Page>
  );
}

function People({
  first,
  more,
  which,
}: {
  first: PersonPage;
  more: (cursor: string) => Promise<PersonPage>;
  which: Props["which"];
}) {
  const t = useText();
  const [page, setPage] = useState(first);
  const [busy, setBusy] = useState(false);
  if (page.items.length === 0)
    return <Empty icon={Users} title={t(`follows.${which}None`)} body={t(`follows.${which}NoneBody`)} />;

  const load = async (cursor: string) => {
    setBusy(true);
    try {
      const next = await more(cursor);
      setPage({ items: [...page.items, ...next.items], next: next.next });
    } catch (error) {
      toast(errorText(t, error));
    }
    setBusy(false);
  };
  const { next } = page;
  return (
    <>
      <ul>
        {page.items.map((person) => (
          <li key={person.id}>
            <PersonRow person={person} />
          </li>
        ))}
      </ul>
      {next !== null && (
        <Button busy={busy} className="mt-4" onClick={() => void load(next)}>
          {t("action.more")}
        </Button>
      )}
    </>
  );
}
