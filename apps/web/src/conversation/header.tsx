import type { PersonBrief, Profile } from "@sotto/protocol/types.ts";
import ArrowLeft from "lucide-react/icons/arrow-left";
import EllipsisVertical from "lucide-react/icons/ellipsis-vertical";
import PanelRight from "lucide-react/icons/panel-right";
import { Link, useLocation } from "wouter";
import { Avatar } from "../controls/avatar.tsx";
import { IconButton } from "../controls/icon-button.tsx";
import { Menu } from "../controls/menu.tsx";
import { relationText } from "../people/relation-text.ts";
import { useText } from "../text/intl.tsx";
import { useConversationActions } from "./actions.tsx";
import { isGroup } from "./counterpart.ts";
import type { OpenConversation } from "./use-conversation.ts";
import type { DetailsOpen } from "./use-details-open.ts";

interface Props {
  person: PersonBrief;
  profile: Profile | undefined;
  open: OpenConversation;
  details: DetailsOpen;
}

export function ConversationHeader({ person, profile, open, details }: Props) {
  const t = useText();
  const [, navigate] = useLocation();
  const { conversation } = open.state;
  const actions = useConversationActions({
    person,
    relation: profile?.relation,
    conversation,
    refresh: () => open.handle.refresh(),
  });
  return (
    <header className="flex h-16 shrink-0 items-center gap-1 border-b border-line ps-1 pe-2 md:ps-6">
      <IconButton
        icon={ArrowLeft}
        label={t("action.back")}
        onClick={() => navigate(conversation?.state === "request_received" ? "/requests" : "/")}
        className="md:hidden"
      />
      {isGroup(conversation) ? (
        <div className="flex min-h-11 min-w-0 items-center gap-3 pe-3">
          <Title person={person} below={t("group.people", { count: conversation?.memberCount ?? 0 })} />
        </div>
      ) : (
        <Link
          href={`/people/${person.username}`}
          className="flex min-h-11 min-w-0 items-center gap-3 rounded-control pe-3 hover:opacity-80"
        >
          <Title person={person} below={relationText(t, person.username, profile?.relation)} />
        </Link>
      )}
      <span className="flex-1" />
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
          items={actions.items}
          trigger={(props) => <IconButton icon={EllipsisVertical} label={t("conversation.actions")} {...props} />}
        />
      )}
      {actions.dialog}
    </header>
  );
}

function Title({ person, below }: { person: PersonBrief; below: string }) {
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
