import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { SendDecision } from "@sotto/protocol/types.ts";
import { refuse, type Refusal } from "../errors.ts";
import type { Publish } from "../fanout/publish.ts";
import { tellOwnDevices } from "../fanout/own-devices.ts";
import type { Handlers } from "../handler.ts";
import { listConversations, type ListDeps } from "./list.ts";
import { changeOwnView, moveReadMarker } from "./own-view.ts";
import { viewConversations } from "./view.ts";

export interface ConversationDeps extends ListDeps {
  publish: Publish;
  epoch: string;
  decisions: DecisionReaders;
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
      if (moved.news) tellOwnDevices(deps, caller.personId, moved.news);
      const [conversation] = await viewConversations(sql, deps.readers, caller.personId, [input.conversationId]);
      return { readSeq: moved.readSeq, unread: conversation?.unread ?? 0 };
    },
  };
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
