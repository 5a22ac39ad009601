import type { PersonBrief } from "@sotto/protocol/types.ts";
import MessageCircleOff from "lucide-react/icons/message-circle-off";
import { Suspense, useMemo, type ReactNode } from "react";
import { Composer } from "../composer/composer.tsx";
import { DropArea } from "../composer/drop-area.tsx";
import { usePicking } from "../composer/picking.tsx";
import { Empty } from "../controls/empty.tsx";
import { Spinner } from "../controls/spinner.tsx";
import { part } from "../controls/part.tsx";
import { useProfile } from "../people/use-profile.ts";
import { problemText } from "../session/problem.ts";
import { SearchBarPlace, useSearchBar } from "../search/search-bar.tsx";
import { useMe } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { counterpart, isAbandoned, isGroup } from "./counterpart.ts";
import { ConversationHeader } from "./header.tsx";
import { Messages } from "./messages.tsx";
import { AccountGone, Refusal } from "./refusal.tsx";
import { RequestBar } from "./request-bar.tsx";
import { SendersContext, useSendersOf } from "./use-senders.ts";
import { targetKey, useConversation, type Target } from "./use-conversation.ts";
import { useDetailsOpen } from "./use-details-open.ts";

const Details = part(async () => (await import("./details.tsx")).Details);

/** One conversation: header, messages, and what one may write. On a wide screen, the details beside it. */
export function Conversation({ target }: { target: Target }) {
  const t = useText();
  const open = useConversation(target);
  const { state } = open;
  const { conversation } = state;
  const group = isGroup(conversation);
  const personId = "personId" in target ? target.personId : group ? undefined : conversation?.people[0]?.id;
  // R18: nothing of a deleted account is shown, not even what this device still remembers of it.
  const profile = useProfile(isAbandoned(conversation) ? undefined : personId);
  const person = useMemo(
    () => (conversation === null ? profile : counterpart(t, conversation)),
    [conversation, profile, t],
  );
  const details = useDetailsOpen();
  const search = useSearchBar(conversation !== null);

  if (person === undefined) return state.problem === null ? <Waiting /> : <Gone text={problemText(t, state.problem)} />;
  return (
    <div className="flex h-full min-w-0">
      <WithSenders open={open} person={person}>
        <section
          aria-label={t("conversation.with", { name: person.name })}
          className="flex h-full min-w-0 flex-1 flex-col bg-paper"
        >
          <ConversationHeader
            {...{ person, conversation, profile, details, search }}
            handle={open.handle}
            typing={state.typing}
          />
          {conversation !== null && <SearchBarPlace bar={search} conversationId={conversation.id} />}
          <WritingArea {...{ target, open, person, relation: profile?.relation }} />
        </section>
      </WithSenders>
      {details.shown && !group && (
        <Suspense fallback={<div className="w-80 shrink-0 border-s border-line" />}>
          <Details {...{ person, profile, messages: state.messages }} />
        </Suspense>
      )}
    </div>
  );
}

/** Everybody who writes here, for whatever names them. */
function WithSenders(props: { open: ReturnType<typeof useConversation>; person: PersonBrief; children: ReactNode }) {
  const senders = useSendersOf(props.open.state.conversation, props.person, useMe());
  return <SendersContext value={senders}>{props.children}</SendersContext>;
}

interface WritingAreaProps {
  target: Target;
  open: ReturnType<typeof useConversation>;
  person: PersonBrief;
  relation: NonNullable<ReturnType<typeof useProfile>>["relation"] | undefined;
}

function WritingArea({ target, open, person, relation }: WritingAreaProps) {
  const me = useMe();
  const { handle, state } = open;
  const { conversation, maySend } = state;
  const received = conversation?.state === "request_received";
  const mayAttach =
    person.deleted !== true &&
    (maySend === null ? conversation?.state === "accepted" : maySend.allowed && maySend.as !== "request");
  const picking = usePicking({ recipient: person, enabled: mayAttach, open });
  return (
    <DropArea enabled={mayAttach} onFiles={picking.pick}>
      <Messages key={targetKey(target)} {...{ open, person, relation, myId: me.id }} />
      {received && conversation !== null && <RequestBar conversation={conversation} person={person} />}
      {person.deleted === true ? (
        !received && <AccountGone />
      ) : maySend !== null && !maySend.allowed ? (
        <Refusal
          decision={maySend}
          person={person}
          hasHistory={state.messages.length > 0}
          onChanged={() => void handle.refresh()}
        />
      ) : (
        <Composer
          key={`composer-${targetKey(target)}`}
          open={open}
          recipient={person}
          as={maySend?.as ?? "message"}
          mayAttach={mayAttach}
          pick={picking.pick}
        />
      )}
      {picking.sheet}
    </DropArea>
  );
}

function Waiting() {
  return (
    <div className="grid h-full place-items-center text-ink-2">
      <Spinner size={24} />
    </div>
  );
}

function Gone({ text }: { text: string }) {
  const t = useText();
  return <Empty icon={MessageCircleOff} title={t("conversation.gone")} body={text} />;
}
