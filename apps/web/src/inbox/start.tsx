import type { PersonBrief } from "@sotto/protocol/types.ts";
import Users from "lucide-react/icons/users";
import { useState } from "react";
import { useLocation } from "wouter";
import { Avatar } from "../controls/avatar.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { Empty } from "../controls/empty.tsx";
import { Loaded } from "../controls/loaded.tsx";
import { useMe, useSotto } from "../session/session.tsx";
import { useLoad } from "../session/use-load.ts";
import { useText } from "../text/intl.tsx";
import { roveRows } from "./rove.ts";
import { SearchField } from "./search-field.tsx";
import { atName } from "../text/direction.ts";

/** "+": whom to write to. Before anything is typed, the people one follows. */
export function StartConversation({ onClose }: { onClose: () => void }) {
  const t = useText();
  const sotto = useSotto();
  const me = useMe();
  const [, navigate] = useLocation();
  const [query, setQuery] = useState("");
  const typed = query.trim().replace(/^@/u, "");
  const load = useLoad<readonly PersonBrief[]>(async () => {
    const page =
      typed === ""
        ? sotto.call("people.following", { personId: me.id })
        : sotto.call("people.search", { query: typed, limit: 30 });
    return (await page).items;
  }, [sotto, me.id, typed]);

  const choose = (person: PersonBrief) => {
    onClose();
    navigate(`/with/${person.id}`);
  };

  return (
    <Dialog title={t("start.title")} onClose={onClose}>
      <div data-search onKeyDown={roveRows} className="grid gap-2 pt-2">
        <SearchField label={t("start.search")} value={query} onChange={setQuery} first />
        <div className="min-h-72">
          <Loaded load={load}>
            {(people) =>
              people.length === 0 ? (
                <Empty
                  icon={Users}
                  title={typed === "" ? t("start.nobody") : t("search.none", { query: typed })}
                  body={t("start.nobodyBody")}
                />
              ) : (
                <ul aria-label={t("start.people")}>
                  {people.map((person) => (
                    <li key={person.id}>
                      <button
                        type="button"
                        data-row
                        onClick={() => choose(person)}
                        className="flex min-h-15 w-full items-center gap-3 rounded-card px-2 text-start outline-offset-[-2px] hover:bg-sunk"
                      >
                        <Avatar person={person} sizePixels={40} />
                        <span className="min-w-0">
                          <span className="block truncate text-14 font-semibold">{person.name}</span>
                          <span className="block truncate text-12 text-ink-2">{atName(person.username)}</span>
                        </span>
                      </button>
                    </li>
                  ))}
                </ul>
              )
            }
          </Loaded>
        </div>
      </div>
    </Dialog>
  );
}
