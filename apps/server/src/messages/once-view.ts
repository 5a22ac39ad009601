import type { Message } from "@sotto/protocol/types.ts";
import type { MessageExtras } from "./extras.ts";
import type { MessageRow } from "./message-view.ts";

/**
 * A view-once message in every list (C19): that it is there, who opened it, and whether the viewer still may. Its sender learns
 * who did; a receiver, of themselves alone.
 */
export function onceView(
  row: Pick<MessageRow, "sender_id" | "has_media">,
  { openedBy, quietly = [] }: NonNullable<MessageExtras["viewOnce"]>,
  viewerId: string,
): NonNullable<Message["viewOnce"]> {
  const sent = row.sender_id === viewerId;
  const opened = openedBy.includes(viewerId) || quietly.includes(viewerId);
  return {
    kind: row.has_media ? "photo" : "text",
    openedBy: sent ? openedBy : opened ? [viewerId] : [],
    mayOpen: !sent && !opened,
  };
}
