import SearchX from "lucide-react/icons/search-x";
import { useEffect, useState } from "react";
import { Empty } from "../controls/empty.tsx";
import { Loaded } from "../controls/loaded.tsx";
import { PersonRow } from "../people/person-row.tsx";
import { useMe, useSotto } from "../session/session.tsx";
import { useLoad } from "../session/use-load.ts";
import { useText } from "../text/intl.tsx";
import { roveRows } from "./rove.ts";
import { InboxRow } from "./row.tsx";

const pauseMs = 180;

/** One field, both answers: conversations that are there, and people one could write to. */
export function SearchResults({ query, current }: { query: string; current: string | null }) {
  const t = useText();
  const sotto = useSotto();
  const me = useMe();
  const wanted = useSettled(query);
  const load = useLoad(async () => {
    const [conversations, people] = await Promise.all([
      sotto.call("conversations.list", { query: wanted, limit: 20 }),
      sotto.call("people.search", { query: wanted.replace(/^@/u, ""), limit: 20 }),
    ]);
    return { conversations: conversations.items, people: people.items };
  }, [sotto, wanted]);

  return (
    <section
      aria-label={t("search.results")}
      onKeyDown={roveRows}
      className="scroll-quiet min-h-0 flex-1 overflow-y-auto px-2 pb-4"
    >
      <Loaded load={load}>
        {({ conversations, people }) => (
          <>
            <p role="status" className="sr-only">
              {t("search.found", { conversations: conversations.length, people: people.length })}
            </p>
            {conversations.length > 0 && (
              <>
                <h2 className="px-3 pt-3 pb-1 text-12 font-semibold text-ink-2">{t("search.conversations")}</h2>
                <ul>
                  {conversations.map((conversation) => (
                    <li key={conversation.id}>
                      <InboxRow conversation={conversation} myId={me.id} current={conversation.id === current} />
                    </li>
                  ))}
                </ul>
              </>
            )}
            {people.length > 0 && (
              <>
                <h2 className="px-3 pt-3 pb-1 text-12 font-semibold text-ink-2">{t("search.people")}</h2>
                <ul>
                  {people.map((person) => (
                    <li key={person.id}>
                      <PersonRow person={person} />
                    </li>
                  ))}
                </ul>
              </>
            )}
            {conversations.length + people.length === 0 && (
              <Empty icon={SearchX} title={t("search.none", { query: wanted })} body={t("search.noneBody")} />
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

/** What stands in the field once the typing pauses. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
