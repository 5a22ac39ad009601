import ChevronDown from "lucide-react/icons/chevron-down";
import ChevronUp from "lucide-react/icons/chevron-up";
import X from "lucide-react/icons/x";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { IconButton } from "../controls/icon-button.tsx";
import { SearchField } from "../inbox/search-field.tsx";
import { useText } from "../text/intl.tsx";
import { noFilter } from "./filter.ts";
import { Filters } from "./filters.tsx";
import { useMessageSearch } from "./use-message-search.ts";
import { useSettled } from "./use-settled.ts";

interface Props {
  conversationId: string;
  /** Shows the message, from any depth of history. */
  onShow: (messageId: string) => void;
  onClose: () => void;
}

const hitsPerPage = 50;

/** The bar over the messages: what is found here, one after the other, from the newest back. */
export function ConversationSearch({ conversationId, onShow, onClose }: Props) {
  const t = useText();
  const bar = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState("");
  const [filter, setFilter] = useState(noFilter);
  const wanted = useSettled(query.trim());
  const search = useMessageSearch({ query: wanted, filter, conversationId, limit: hitsPerPage });
  const [at, setAt] = useState(0);
  const { hits } = search;
  const shown = hits[at]?.message.id;

  useEffect(() => bar.current?.querySelector("input")?.focus(), []);
  useEffect(() => setAt(0), [wanted, filter]);
  useEffect(() => {
    if (shown !== undefined) onShow(shown);
  }, [shown, onShow]);

  const step = (by: 1 | -1) => {
    const next = at + by;
    if (next >= hits.length && search.more) search.loadMore();
    if (next >= 0 && (next < hits.length || search.more)) setAt(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      onClose();
    }
    const inField = event.target instanceof HTMLInputElement && event.target.type === "search";
    if (!inField || event.nativeEvent.isComposing) return;
    const by = { ArrowUp: 1, ArrowDown: -1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (by !== 1 && by !== -1) return;
    event.preventDefault();
    step(by);
  };

  return (
    <div ref={bar} onKeyDown={onKeyDown} className="shrink-0 border-b border-line bg-paper px-2 pt-2 md:px-6">
      <div className="flex items-center gap-1">
        <div className="min-w-0 flex-1">
          <SearchField label={t("search.here")} value={query} onChange={setQuery} />
        </div>
        <IconButton
          icon={ChevronUp}
          label={t("search.previous")}
          disabled={at + 1 >= hits.length && !search.more}
          onClick={() => step(1)}
        />
        <IconButton icon={ChevronDown} label={t("search.next")} disabled={at === 0} onClick={() => step(-1)} />
        <IconButton icon={X} label={t("search.close")} onClick={onClose} />
      </div>
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-x-3 py-1">
        <Filters filter={filter} onChange={setFilter} />
        <p role="status" className="ms-auto text-12 text-ink-2 tabular">
          <Standing {...{ search, at, asked: wanted !== "" || !search.idle }} />
        </p>
      </div>
    </div>
  );
}

interface StandingProps {
  search: ReturnType<typeof useMessageSearch>;
  at: number;
  asked: boolean;
}

/** Which of how many. */
function Standing({ search, at, asked }: StandingProps) {
  const t = useText();
  const { hits, more, loading, problem, complete } = search;
  if (!asked) return null;
  if (problem !== null) return problem;
  if (hits.length > at) return t(more ? "search.placeMore" : "search.place", { at: at + 1, count: hits.length });
  if (loading) return t("state.loading");
  if (more) return t("search.furtherBack");
  return t(complete ? "search.nothingHere" : "search.incomplete");
}
