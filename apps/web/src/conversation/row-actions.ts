import type { Message } from "@sotto/protocol/types.ts";
import { createContext, useContext } from "react";

/** What one can do to a message, from its row. The object stays the same while a conversation is open, so that rows are drawn once. */
export interface RowActions {
  openMenu(asked: MenuRequest): void;
  openPhoto(mediaId: string): void;
  openOnce(message: Message): void;
  toggleReaction(message: Message, emoji: string): void;
  showReactions(message: Message): void;
  reply(message: Message): void;
  /** To another message of this conversation, at any depth. */
  jump(seq: number): void;
  retry(clientId: string): void;
  cancel(clientId: string): void;
}

export interface MenuRequest {
  message: Message;
  mine: boolean;
  /** The menu opens beside it, and gives the focus back to it. */
  anchor: HTMLElement;
  /** `reactions`: the row of emoji alone. */
  parts: "all" | "reactions";
}

export const RowActionsContext = createContext<RowActions | null>(null);

export function useRowActions(): RowActions {
  const actions = useContext(RowActionsContext);
  if (actions === null) throw new Error("useRowActions outside of a conversation");
  return actions;
}
