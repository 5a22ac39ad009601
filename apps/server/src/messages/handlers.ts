import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import type { Conversation } from "@sotto/protocol/types.ts";
import { Refusal, refuse } from "../errors.ts";
import type { Caller, Handlers } from "../handler.ts";
import { findDirect, sendFirst, type FirstDeps } from "./first-contact.ts";
import { listChanges, listMessages } from "./history.ts";
import type { SendQueue } from "./send-queue.ts";
import type { Send } from "./sending.ts";
import { unsend, type UnsendDeps } from "./unsend.ts";

export interface MessageDeps extends FirstDeps {
  queue: SendQueue;
  purge: UnsendDeps["media"];
  /** Given by `conversations/`. */
  view: (viewerId: string, conversationId: string) => Promise<Conversation | null>;
}

export function messageHandlers(deps: MessageDeps): Handlers {
  return {
    "messages.send": (input, caller) => {
      const refusal = unsendable(input);
      return refusal ? Promise.resolve(refusal) : deps.queue.push(toSend(input, caller, input.conversationId));
    },
    "messages.sendToPerson": async (input, caller) => unsendable(input) ?? (await sendToPerson(deps, input, caller)),
    "messages.list": async (input, caller) => await listMessages(deps, caller.personId, input),
    "messages.changes": async (input, caller) => await listChanges(deps, caller.personId, input),
    "messages.unsend": async (input, caller) =>
      await unsend({ ...deps, media: deps.purge }, { personId: caller.personId, ...input }),
  };
}

/** Into the conversation of the two, which the first message makes. */
async function sendToPerson(
  deps: MessageDeps,
  input: CommandParsed<"messages.sendToPerson">,
  caller: Caller,
): Promise<CommandOutput<"messages.sendToPerson"> | Refusal> {
  const found = await findDirect(deps.sql, caller.personId, input.personId);
  const answer =
    found !== null
      ? await deps.queue.push(toSend(input, caller, found))
      : await sendFirst(deps, { ...toSend(input, caller, ""), personId: input.personId });
  const message =
    !(answer instanceof Refusal) && "exists" in answer
      ? await deps.queue.push({ ...toSend(input, caller, answer.exists), charged: true })
      : answer;
  if (message instanceof Refusal) return message;
  const conversation = await deps.view(caller.personId, message.conversationId);
  return conversation ? { message, conversation } : refuse("not_found");
}

type Content = Omit<CommandParsed<"messages.send">, "conversationId">;

function toSend(input: Content, caller: Caller, conversationId: string): Send {
  const { clientId, text, mediaIds } = input;
  const { personId: senderId, connectionId } = caller;
  return { conversationId, senderId, clientId, text, mediaIds, more: moreOf(input), connectionId };
}

/** Undefined for nearly every message: it goes with its batch. */
function moreOf({ replyToId, mentionIds, previewId, cardPersonId, viewOnce, noForward }: Content): Send["more"] {
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
