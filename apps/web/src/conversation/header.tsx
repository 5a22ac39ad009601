import type { PersonBrief, Profile } from "@sotto/protocol/types.ts";
import ArrowLeft from "lucide-react/icons/arrow-left";
import EllipsisVertical from "lucide-react/icons/ellipsis-vertical";
import PanelRight from "lucide-react/icons/panel-right";
import Search from "lucide-react/icons/search";
import { memo, type ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { Avatar } from "../controls/avatar.tsx";
import { IconButton } from "../controls/icon-button.tsx";
import { Menu } from "../controls/menu.tsx";
import { relationText } from "../people/relation-text.ts";
import type { SearchBar } from "../search/search-bar.tsx";
import { useText } from "../text/intl.tsx";
import { comingTime } from "../text/time.ts";
import { useConversationActions } from "./actions.tsx";
import { isGroup } from "./counterpart.ts";
import { TypingLine } from "./typing-line.tsx";
import type { OpenConversation } from "./use-conversation.ts";
import type { DetailsOpen } from "./use-details-open.ts";
import { usePresence } from "./use-presence.ts";

interface Props extends Pick<OpenConversation["state"], "conversation" | "typing"> {
  person: PersonBrief;
  profile: Profile | undefined;
  handle: OpenConversation["handle"];
  details: DetailsOpen;
  search: SearchBar;
}

/** Not drawn again for a page of older messages. */
export const ConversationHeader = memo(function ConversationHeader(props: Props) {
  const { person, profile, conversation, handle, details, search } = props;
  const t = useText();
  const [, navigate] = useLocation();
  const actions = useConversationActions({
    person,
    relation: profile?.relation,
    conversation,
    refresh: () => handle.refresh(),
  });
  const searchItem = { label: t("search.inConversation"), icon: Search, onSelect: search.show };
  return (
    <header className="flex h-16 shrink-0 items-center gap-1 border-b border-line ps-1 pe-2 md:ps-6">
      <IconButton
        icon={ArrowLeft}
        label={t("action.back")}
        onClick={() => navigate(conversation?.state === "request_received" ? "/requests" : "/")}
        className="md:hidden"
      />
      {isGroup(conversation) || person.deleted === true ? (
        <div className="flex min-h-11 min-w-0 items-center gap-3 pe-3">
          <Title person={person} below={<Below {...props} />} />
        </div>
      ) : (
        <Link
          href={`/people/${person.username}`}
          className="flex min-h-11 min-w-0 items-center gap-3 rounded-control pe-3 hover:opacity-80"
        >
          <Title person={person} below={<Below {...props} />} />
        </Link>
      )}
      <span className="flex-1" />
      {actions.mark}
      {details.possible && !isGroup(conversation) && (
        <IconButton
          icon={PanelRight}
          label={t(details.shown ? "details.hide" : "details.show")}
          aria-expanded={details.shown}
          onClick={details.toggle}
        />
      )}
      {actions.items.length > 0 && (
        <Menu
          label={t("conversation.actions")}
          items={conversation === null ? actions.items : [searchItem, ...actions.items]}
          trigger={(props) => <IconButton icon={EllipsisVertical} label={t("conversation.actions")} {...props} />}
        />
      )}
      {actions.dialog}
    </header>
  );
});

/** What is most worth knowing now: who writes, who is here, else how we stand. */
function Below({ person, profile, conversation, typing }: Props) {
  const t = useText();
  const group = isGroup(conversation);
  const presence = usePresence(group || person.deleted === true ? undefined : person.id);
  if (typing.length > 0) return <TypingLine personIds={typing} />;
  if (group) return t("group.people", { count: conversation?.memberCount ?? 0 });
  if (person.deleted === true) return null;
  if (presence?.online === true)
    return (
      <span className="flex items-center gap-1.5">
        <span aria-hidden className="size-2 shrink-0 rounded-full bg-ok" />
        {t("presence.online")}
      </span>
    );
  const lastSeenAt = presence?.lastSeenAt ?? null;
  return lastSeenAt === null
    ? relationText(t, person.username, profile?.relation)
    : t("presence.lastSeen", { when: comingTime(lastSeenAt) });
}

function Title({ person, below }: { person: PersonBrief; below: ReactNode }) {
  return (
    <>
      <Avatar person={person} sizePixels={40} />
      <span className="min-w-0">
        <h1 className="truncate text-16 font-semibold">{person.name}</h1>
        <span className="block truncate text-12 text-ink-2">{below}</span>
      </span>
    </>
  );
}
