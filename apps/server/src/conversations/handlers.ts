import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import type { SendDecision } from "@sotto/protocol/types.ts";
import { Refusal, refuse } from "../errors.ts";
import type { Publish } from "../fanout/publish.ts";
import { tellOwnDevices, type OwnNews } from "../fanout/own-devices.ts";
import type { Handlers } from "../handler.ts";
import { saveDraft } from "./drafts.ts";
import { listConversations, type ListDeps } from "./list.ts";
import { changeOwnView, moveReadMarker } from "./own-view.ts";
import { readShownTo } from "./showing.ts";
import { tellTyping } from "./typing.ts";
import { viewConversations } from "./view.ts";

export interface ConversationDeps extends ListDeps {
  publish: Publish;
  epoch: string;
  decisions: DecisionReaders;
  /** Sets after how long new messages disappear (C19), or says why not; given by `messages/`. */
  setDisappearing: (personId: string, input: CommandParsed<"conversations.setDisappearing">) => Promise<Refusal | null>;
  nowMs: () => number;
}

/** What `messages/` knows about the next message; given by `app.ts`. */
export interface DecisionReaders {
  /** Null when the viewer is not in such a conversation. */
  inConversation: (viewerId: string, conversationId: string) => Promise<SendDecision | null>;
  /** Null when there is no such person. */
  toPerson: (
    viewerId: string,
    personId: string,
  ) => Promise<{ conversationId: string | null; maySend: SendDecision } | null>;
}

export function conversationHandlers(deps: ConversationDeps): Handlers {
  const { sql } = deps;
  return {
    "conversations.list": async (input, caller) => await listConversations(deps, caller.personId, input),
    "conversations.get": async (input, caller) => await getConversation(deps, caller.personId, input.conversationId),
    "conversations.withPerson": async (input, caller) => {
      const found = await deps.decisions.toPerson(caller.personId, input.personId);
      if (!found) return refuse("not_found");
      const ids = found.conversationId === null ? [] : [found.conversationId];
      const [conversation] = await viewConversations(sql, deps.readers, caller.personId, ids);
      return { conversation: conversation ?? null, maySend: found.maySend };
    },
    "conversations.update": async (input, caller) => {
      const change = await changeOwnView(sql, caller.personId, input);
      if (!change) return refuse("not_found");
      tellOwnDevices(deps, caller.personId, change);
      const [conversation] = await viewConversations(sql, deps.readers, caller.personId, [input.conversationId]);
      return conversation ?? refuse("not_found");
    },
    "conversations.markRead": async (input, caller) => {
      const moved = await moveReadMarker(sql, caller.personId, input);
      if (!moved) return refuse("not_found");
      if (moved.news) await tellRead(deps, caller.personId, moved.news);
      const [conversation] = await viewConversations(sql, deps.readers, caller.personId, [input.conversationId]);
      return { readSeq: moved.readSeq, unread: conversation?.unread ?? 0 };
    },
    "conversations.saveDraft": async (input, caller) => {
      const saved = await saveDraft(sql, caller.personId, input, deps.nowMs());
      if (saved instanceof Refusal) return saved;
      if (saved.news) tellOwnDevices(deps, caller.personId, saved.news);
      return saved.output;
    },
    "conversations.typing": async (input, caller) => await tellTyping(deps, caller.personId, input),
    "conversations.setDisappearing": async (input, caller) => {
      const refusal = await deps.setDisappearing(caller.personId, input);
      if (refusal) return refusal;
      const [conversation] = await viewConversations(sql, deps.readers, caller.personId, [input.conversationId]);
      return conversation ?? refuse("not_found");
    },
  };
}

/** One's own devices, and those who may know how far one has read (C8). */
async function tellRead(deps: ConversationDeps, personId: string, news: OwnNews): Promise<void> {
  tellOwnDevices(deps, personId, news);
  const { conversationId, readSeq } = news;
  const others = await readShownTo(deps.sql, { personId, conversationId, shown: "readReceipts" });
  if (others.length > 0) deps.publish(others, { event: "read", conversationId, personId, readSeq });
}

async function getConversation(
  deps: ConversationDeps,
  viewerId: string,
  conversationId: string,
): Promise<CommandOutput<"conversations.get"> | Refusal> {
  const [[conversation], maySend] = await Promise.all([
    viewConversations(deps.sql, deps.readers, viewerId, [conversationId]),
    deps.decisions.inConversation(viewerId, conversationId),
  ]);
  return conversation && maySend ? { conversation, maySend } : refuse("not_found");
}
