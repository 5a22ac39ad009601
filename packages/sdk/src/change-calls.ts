import type { Problem } from "@sotto/protocol/errors.ts";
import type { Call } from "./call.ts";
import type { Inbox } from "./inbox.ts";
import type { RefusedChange } from "./interface.ts";
import type { StoredChange } from "./store/storage.ts";

interface Here {
  call: Call;
  inbox: Pick<Inbox, "get">;
  onHidden: (conversationId: string, messageIds: readonly string[]) => void;
}

/** Tells the server, and does here what the answer alone does not. */
export async function carryOut(stored: StoredChange, { call, inbox, onHidden }: Here): Promise<void> {
  await tellChange(call, stored);
  const { conversationId, change } = stored;
  if (change.what === "hide") onHidden(conversationId, change.messageIds);
  // How many are left is told with the change up to which they were counted: a message may come on either side of a bare number.
  if (change.what === "read" && change.seq < (inbox.get(conversationId)?.lastSeq ?? 0))
    await call("conversations.get", { conversationId });
}

/** The command that a change is. What it answers is applied by whoever watches the answers (observe.ts). */
async function tellChange(call: Call, { conversationId, change }: StoredChange): Promise<unknown> {
  switch (change.what) {
    case "edit": {
      const { messageId, text, mentionIds, previewId } = change;
      const more = {
        ...(mentionIds && { mentionIds: [...mentionIds] }),
        ...(previewId !== undefined && { previewId }),
      };
      return call("messages.edit", { conversationId, messageId, text, ...more });
    }
    case "react":
    case "unreact": {
      const { messageId, emoji } = change;
      return call(`messages.${change.what}`, { conversationId, messageId, emoji });
    }
    case "pin":
    case "unpin":
    case "unsend":
      return call(`messages.${change.what}`, { conversationId, messageId: change.messageId });
    case "hide":
      return call("messages.hide", { conversationId, messageIds: [...change.messageIds] });
    case "update":
      return call("conversations.update", { conversationId, ...change.set });
    case "draft": {
      const { text, replyToId, writtenAt } = change;
      return call("conversations.saveDraft", { conversationId, text, replyToId, writtenAt });
    }
    case "read":
      return call("conversations.markRead", { conversationId, seq: change.seq });
    default:
      return change satisfies never;
  }
}

/** As people are told of it. */
export function refusedChange({ id, conversationId, change }: StoredChange, problem: Problem): RefusedChange {
  const messageId = "messageId" in change ? { messageId: change.messageId } : {};
  const text = "text" in change ? { text: change.text } : {};
  return { id, what: change.what, conversationId, ...messageId, ...text, problem };
}
