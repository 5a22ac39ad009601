import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import type { Conversation, Message } from "@sotto/protocol/types.ts";
import { Refusal, refuse } from "../errors.ts";
import type { Caller, Handlers } from "../handler.ts";
import { changeHandlers } from "./change-handlers.ts";
import type { EditDeps } from "./edit.ts";
import { findDirect, sendFirst, type FirstDeps } from "./first-contact.ts";
import type { HideDeps } from "./hide.ts";
import { listChanges, listMessages } from "./history.ts";
import type { SendQueue } from "./send-queue.ts";
import type { Send } from "./sending.ts";
import { unsend } from "./unsend.ts";

export interface MessageDeps extends FirstDeps, EditDeps, HideDeps {
  queue: SendQueue;
  /** Given by `conversations/`. */
  view: (viewerId: string, conversationId: string) => Promise<Conversation | null>;
}

export function messageHandlers(deps: MessageDeps): Handlers {
  return {
    ...changeHandlers(deps),
    "messages.send": (input, caller) => {
      const refusal = unsendable(input);
      return refusal ? Promise.resolve(refusal) : deps.queue.push(toSend(input, caller, input.conversationId));
    },
    "messages.sendToPerson": async (input, caller) => unsendable(input) ?? (await sendToPerson(deps, input, caller)),
    "messages.forward": async (input, caller) => await forward(deps, input, caller),
    "messages.list": async (input, caller) => await listMessages(deps, caller.personId, input),
    "messages.changes": async (input, caller) => await listChanges(deps, caller.personId, input),
    "messages.unsend": async (input, caller) =>
      await unsend({ ...deps, media: deps.purge, tell: deps }, { personId: caller.personId, ...input }),
  };
}

/** Into the conversation of the two, which the first message makes. */
async function sendToPerson(
  deps: MessageDeps,
  input: CommandParsed<"messages.sendToPerson">,
  caller: Caller,
): Promise<CommandOutput<"messages.sendToPerson"> | Refusal> {
  const message = await pushToPerson(deps, toSend(input, caller, ""), input.personId);
  if (message instanceof Refusal) return message;
  const conversation = await deps.view(caller.personId, message.conversationId);
  return conversation ? { message, conversation } : refuse("not_found");
}

async function pushToPerson(deps: MessageDeps, send: Send, personId: string): Promise<Message | Refusal> {
  const found = await findDirect(deps.sql, send.senderId, personId);
  if (found !== null) return await deps.queue.push({ ...send, conversationId: found });
  const answer = await sendFirst(deps, { ...send, personId });
  if (answer instanceof Refusal || !("exists" in answer)) return answer;
  return await deps.queue.push({ ...send, conversationId: answer.exists, charged: true });
}

/** A message of one's own that says what another says (R9), sent like every other: limits, policy and client id are a send's. */
async function forward(
  deps: MessageDeps,
  input: CommandParsed<"messages.forward">,
  caller: Caller,
): Promise<Message | Refusal> {
  const { conversationId, messageId, clientId, toConversationId, toPersonId } = input;
  if ((toConversationId === undefined) === (toPersonId === undefined))
    return refuse("invalid", { detail: "Name a conversation or a person.", pointer: "/toConversationId" });
  const content = { clientId, text: "", mediaIds: [] };
  const send = {
    ...toSend(content, caller, toConversationId ?? ""),
    more: { forwardOf: { conversationId, messageId } },
  };
  return toPersonId === undefined ? await deps.queue.push(send) : await pushToPerson(deps, send, toPersonId);
}

type Content = Omit<CommandParsed<"messages.send">, "conversationId">;

function toSend(input: Content, caller: Caller, conversationId: string): Send {
  const { clientId, text, mediaIds } = input;
  const { personId: senderId, connectionId } = caller;
  return { conversationId, senderId, clientId, text, mediaIds, more: moreOf(input), connectionId };
}

/** Undefined for nearly every message: it goes with its batch. */
function moreOf({ replyToId, mentionIds, previewId, cardPersonId, viewOnce, noForward }: Content): Send["more"] {
  const named = replyToId ?? mentionIds ?? previewId ?? cardPersonId;
  if (named === undefined && !viewOnce && !noForward) return undefined;
  const more = {
    ...(replyToId !== undefined && { replyToId }),
    ...(mentionIds && mentionIds.length > 0 && { mentionIds }),
    ...(previewId !== undefined && { previewId }),
    ...(cardPersonId !== undefined && { cardPersonId }),
    ...(viewOnce && { viewOnce }),
    ...(noForward && { noForward }),
  };
  return Object.keys(more).length > 0 ? more : undefined;
}

/** What is no message: nothing in it, or something beside what opens once. */
function unsendable({ text, mediaIds, cardPersonId, previewId, viewOnce }: Content): Refusal | null {
  if (viewOnce && (cardPersonId !== undefined || previewId !== undefined))
    return refuse("invalid", { detail: "What opens once is a text or a photo.", pointer: "/viewOnce" });
  if (/\S/.test(text) || mediaIds.length > 0 || cardPersonId !== undefined) return null;
  return refuse("invalid", { detail: "A message needs text or a photo.", pointer: "/text" });
}
