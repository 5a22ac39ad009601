import type { CommandInput } from "@sotto/protocol/commands.ts";
import type { Message } from "@sotto/protocol/types.ts";
import type { Call } from "./call.ts";
import { actionOf, toSottoError } from "./error.ts";
import type { Inbox } from "./inbox.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import type { Storage, StoredOutgoing, Target } from "./store/storage.ts";
import type { Tab } from "./tabs.ts";

/** The outbox over this client's commands. */
export function createOutbox(options: {
  call: Call;
  storage: Storage;
  tab: Tab;
  senderId: () => string;
  inbox: Inbox;
  bringMedia: OutboxOptions["bringMedia"];
  settled: (outgoing: StoredOutgoing, message: Message) => Promise<void>;
  /** A send was refused for good: what the composer shows may be out of date. */
  onRefused: () => void;
  toLocalMs: (serverTime: string) => number;
  onChange: () => void;
}): Outbox {
  const { call, inbox } = options;
  const send = async (outgoing: StoredOutgoing) => {
    try {
      await options.settled(outgoing, await sendOnce(call, outgoing));
    } catch (error) {
      if (actionOf(toSottoError(error).code) !== "retry") options.onRefused();
      throw error;
    }
  };
  return new Outbox({
    storage: options.storage,
    ownerId: options.tab.ownerId,
    senderId: options.senderId,
    laneOf: (target) => laneOf(target, inbox),
    bringMedia: options.bringMedia,
    send,
    dropMedia: (mediaId) => void call("media.remove", { mediaId }).catch(() => undefined),
    toLocalMs: options.toLocalMs,
    onChange: options.onChange,
  });
}

async function sendOnce(call: Call, outgoing: StoredOutgoing): Promise<Message> {
  const { clientId, target, forwardOf } = outgoing;
  const { conversationId, personId } = target;
  if (conversationId === undefined && personId === undefined)
    throw new Error("a message goes to a conversation or a person");
  if (forwardOf) {
    const to = conversationId === undefined ? { toPersonId: personId } : { toConversationId: conversationId };
    return call("messages.forward", { ...forwardOf, clientId, ...to } as CommandInput<"messages.forward">);
  }
  const content = contentOf(outgoing);
  if (conversationId !== undefined) return call("messages.send", { conversationId, ...content });
  return (await call("messages.sendToPerson", { personId: personId ?? "", ...content })).message;
}

/** Only what is there: a plain send keeps its plain form. */
function contentOf(outgoing: StoredOutgoing) {
  const { clientId, text, attachments, replyToId, mentionIds, previewId, cardPersonId, viewOnce, noForward } = outgoing;
  const mediaIds = attachments.flatMap(({ mediaId }) => (mediaId === undefined ? [] : [mediaId]));
  return {
    ...{ clientId, text, mediaIds },
    ...(replyToId !== undefined && { replyToId }),
    ...(mentionIds && mentionIds.length > 0 && { mentionIds: [...mentionIds] }),
    ...(previewId !== undefined && { previewId }),
    ...(cardPersonId !== undefined && { cardPersonId }),
    ...(viewOnce && { viewOnce }),
    ...(noForward && { noForward }),
  };
}

function laneOf(target: Target, inbox: Inbox): string {
  if (target.personId !== undefined) return target.personId;
  const held = target.conversationId === undefined ? undefined : inbox.get(target.conversationId);
  return (held?.kind === "direct" ? held.people[0]?.id : undefined) ?? target.conversationId ?? "";
}
