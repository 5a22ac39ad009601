import type { Conversation } from "@sotto/protocol/types.ts";
import SearchX from "lucide-react/icons/search-x";
import { useState, type ReactNode } from "react";
import { Button } from "../controls/button.tsx";
import { Empty } from "../controls/empty.tsx";
import { Loaded } from "../controls/loaded.tsx";
import { Spinner } from "../controls/spinner.tsx";
import { roveRows } from "../inbox/rove.ts";
import { InboxRow } from "../inbox/row.tsx";
import { PersonRow } from "../people/person-row.tsx";
import { useMe, useSotto } from "../session/session.tsx";
import { useLoad } from "../session/use-load.ts";
import { useText } from "../text/intl.tsx";
import { isFiltered, noFilter } from "./filter.ts";
import { Filters } from "./filters.tsx";
import { MessageHit } from "./message-hit.tsx";
import { useConversations } from "./use-conversations.ts";
import { useMessageSearch, type MessageSearch } from "./use-message-search.ts";
import { useSettled } from "./use-settled.ts";

const messagesPerPage = 20;
const namesMost = 20;

/** One field, three answers: conversations that are there, people one could write to, and messages that say it. */
export function SearchResults({ query, current }: { query: string; current: string | null }) {
  const t = useText();
  const sotto = useSotto();
  const wanted = useSettled(query);
  const [filter, setFilter] = useState(noFilter);
  const messages = useMessageSearch({ query: wanted, filter, limit: messagesPerPage });
  const names = useLoad(async () => {
    const [conversations, people] = await Promise.all([
      sotto.call("conversations.list", { query: wanted, limit: namesMost }),
      sotto.call("people.search", { query: wanted.replace(/^@/u, ""), limit: namesMost }),
    ]);
    return { conversations: conversations.items, people: people.items };
  }, [sotto, wanted]);
  // Names are of no kind and no date.
  const named = isFiltered(filter) ? { conversations: [], people: [] } : valueOf(names);
  const count = named === null ? 0 : named.conversations.length + named.people.length;
  const settled = named !== null && !messages.loading && messages.problem === null;

  return (
    <section
      aria-label={t("search.results")}
      onKeyDown={roveRows}
      className="scroll-quiet min-h-0 flex-1 overflow-y-auto px-2 pb-4"
    >
      <div className="px-2">
        <Filters filter={filter} onChange={setFilter} />
      </div>
      {settled && (
        <p role="status" className="sr-only">
          {t("search.foundAll", {
            conversations: named.conversations.length,
            people: named.people.length,
            messages: messages.hits.length,
          })}
        </p>
      )}
      {named === null ? <Loaded load={names}>{() => null}</Loaded> : <Names {...named} current={current} />}
      <Messages search={messages} />
      {settled && count + messages.hits.length === 0 && !messages.more && (
        <Empty
          icon={SearchX}
          title={t("search.none", { query: wanted })}
          body={t(isFiltered(filter) ? "search.noneFiltered" : "search.noneAnywhere")}
        />
      )}
    </section>
  );
}

function valueOf<T>({ state }: ReturnType<typeof useLoad<T>>): T | null {
  return state.is === "loaded" ? state.value : null;
}

interface NamesProps {
  conversations: readonly Conversation[];
  people: readonly Parameters<typeof PersonRow>[0]["person"][];
  current: string | null;
}

function Names({ conversations, people, current }: NamesProps) {
  const t = useText();
  const me = useMe();
  return (
    <>
      <Section title={t("search.conversations")}>
        {conversations.map((conversation) => (
          <li key={conversation.id}>
            <InboxRow conversation={conversation} myId={me.id} current={conversation.id === current} />
          </li>
        ))}
      </Section>
      <Section title={t("search.people")}>
        {people.map((person) => (
          <li key={person.id}>
            <PersonRow person={person} />
          </li>
        ))}
      </Section>
    </>
  );
}

function Messages({ search }: { search: MessageSearch }) {
  const t = useText();
  const conversations = useConversations(search.hits.map((hit) => hit.message.conversationId));
  return (
    <>
      <Section title={t("search.messages")}>
        {search.hits.map((hit) => (
          <li key={hit.message.id}>
            <MessageHit hit={hit} conversation={conversations.get(hit.message.conversationId)} />
          </li>
        ))}
      </Section>
      {!search.complete && !search.loading && (
        <p role="status" className="px-3 py-2 text-12 text-ink-2">
          {t("search.incomplete")}
        </p>
      )}
      {search.problem !== null && (
        <p role="alert" className="px-3 py-4 text-14 text-ink-2">
          {search.problem}
        </p>
      )}
      {search.loading ? (
        <div className="grid min-h-16 place-items-center text-ink-2">
          <Spinner size={20} />
        </div>
      ) : (
        search.more && (
          <div className="grid place-items-center py-2">
            <Button onClick={search.loadMore}>{t("search.older")}</Button>
          </div>
        )
      )}
    </>
  );
}

function Section({ title, children }: { title: string; children: readonly ReactNode[] }) {
  if (children.length === 0) return null;
  return (
    <>
      <h2 className="px-3 pt-3 pb-1 text-12 font-semibold text-ink-2">{title}</h2>
      <ul>{children}</ul>
    </>
  );
}
