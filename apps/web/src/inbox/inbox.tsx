import Inbox from "lucide-react/icons/inbox";
import MessageCirclePlus from "lucide-react/icons/message-circle-plus";
import Plus from "lucide-react/icons/plus";
import { Suspense, useState } from "react";
import { Link } from "wouter";
import { Avatar } from "../controls/avatar.tsx";
import { Button } from "../controls/button.tsx";
import { classes } from "../controls/classes.ts";
import { Empty } from "../controls/empty.tsx";
import { IconButton } from "../controls/icon-button.tsx";
import { Spinner } from "../controls/spinner.tsx";
import { part } from "../controls/part.tsx";
import { useMe, useSotto, useStore } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { ConversationList } from "./conversation-list.tsx";
import { SearchField } from "./search-field.tsx";

const SearchResults = part(async () => (await import("../search/search-results.tsx")).SearchResults);

const StartConversation = part(async () => (await import("./start.tsx")).StartConversation);
const Archived = part(async () => (await import("./archived.tsx")).Archived);

export type Folder = "inbox" | "requests" | "archived";

interface Props {
  folder: Folder;
  current: string | null;
}

/** The list of conversations: its head, the search, the two folders. */
export function InboxPane({ folder, current }: Props) {
  const t = useText();
  const me = useMe();
  const [query, setQuery] = useState("");
  const [starting, setStarting] = useState(false);
  const start = () => setStarting(true);
  // The search is over once it led to a conversation; a profile may be one of several that are looked at.
  const [shown, setShown] = useState(current);
  if (shown !== current) {
    setShown(current);
    // One of several messages may be the one: the others stay.
    if (current !== null && !location.search.includes("message=")) setQuery("");
  }
  return (
    <div data-search className="flex h-full min-w-0 flex-col bg-sunk">
      <div className="flex h-16 shrink-0 items-center gap-1 ps-5 pe-2">
        <h1 className="min-w-0 flex-1 text-20 font-semibold">{t("inbox.title")}</h1>
        <IconButton icon={Plus} label={t("start.title")} onClick={start} />
        <Link
          href={`/people/${me.username}`}
          title={t("profile.mine")}
          className="grid size-11 place-items-center rounded-full"
        >
          <Avatar person={me} sizePixels={32} />
          <span className="sr-only">{t("profile.mine")}</span>
        </Link>
      </div>
      <div className="shrink-0 px-4 pb-2">
        <SearchField label={t("search.label")} value={query} onChange={setQuery} />
      </div>
      {query.trim() === "" ? (
        <FolderView {...{ folder, current, start }} />
      ) : (
        <Suspense fallback={<Waiting />}>
          <SearchResults query={query.trim()} current={current} />
        </Suspense>
      )}
      {starting && (
        <Suspense>
          <StartConversation onClose={() => setStarting(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Waiting() {
  return (
    <div className="grid flex-1 place-items-center text-ink-2">
      <Spinner size={24} />
    </div>
  );
}

function FolderView({ folder, current, start }: Props & { start: () => void }) {
  const t = useText();
  const sotto = useSotto();
  const inbox = useStore(sotto.inbox);
  return (
    <>
      <Folders folder={folder} requests={inbox.requests.length} />
      {!inbox.ready ? (
        <Waiting />
      ) : folder === "inbox" ? (
        <ConversationList
          label={t("inbox.title")}
          conversations={inbox.conversations}
          onLoadOlder={inbox.hasOlder ? () => sotto.loadOlderConversations() : undefined}
          current={current}
          empty={
            <Empty icon={MessageCirclePlus} title={t("inbox.empty")} body={t("inbox.emptyBody")}>
              <Button look="main" onClick={start}>
                {t("start.title")}
              </Button>
            </Empty>
          }
        />
      ) : folder === "archived" ? (
        <Suspense>
          <Archived current={current} />
        </Suspense>
      ) : (
        <ConversationList
          label={t("inbox.requests")}
          conversations={inbox.requests}
          onLoadOlder={undefined}
          current={current}
          empty={<Empty icon={Inbox} title={t("requests.empty")} body={t("requests.emptyBody")} />}
        />
      )}
    </>
  );
}

function Folders({ folder, requests }: { folder: Folder; requests: number }) {
  const t = useText();
  const tabs = [
    { name: "inbox", href: "/", label: t("inbox.tab"), count: 0 },
    { name: "requests", href: "/requests", label: t("inbox.requests"), count: requests },
    { name: "archived", href: "/archived", label: t("inbox.archived"), count: 0 },
  ] as const;
  return (
    <nav aria-label={t("inbox.folders")} className="flex shrink-0 gap-1 px-4 pb-2">
      {tabs.map(({ name, href, label, count }) => (
        <Link
          key={name}
          href={href}
          aria-current={name === folder ? "page" : undefined}
          className={classes(
            "inline-flex min-h-11 items-center gap-1.5 rounded-full px-4 text-14 font-semibold md:min-h-9",
            name === folder ? "bg-ink text-paper" : "text-ink-2 hover:bg-line",
          )}
        >
          {label}
          {count > 0 && (
            <span className={classes("tabular", name === folder ? "text-paper" : "text-accent-text")}>{count}</span>
          )}
        </Link>
      ))}
    </nav>
  );
}
