import type { Message } from "@sotto/protocol/types.ts";
import { createContext, useContext, useMemo, useState } from "react";

/** What the composer of one conversation is about to do besides plain writing: at most one of the two. */
export interface Composing {
  /** The message that the next one answers. */
  replyTo: Message | null;
  /** The message of mine whose words are being changed. */
  editing: Message | null;
  reply(message: Message): void;
  edit(message: Message): void;
  /** Back to plain writing: sent, saved or given up. */
  done(): void;
}

type State = Pick<Composing, "replyTo" | "editing">;
const plain: State = { replyTo: null, editing: null };

export const ComposingContext = createContext<Composing | null>(null);

/** Held by the conversation, for its messages and its composer. The three functions stay the same. */
export function useComposingState(): Composing {
  const [state, setState] = useState(plain);
  const ways = useMemo(
    () => ({
      reply: (message: Message) => setState({ replyTo: message, editing: null }),
      edit: (message: Message) => setState({ replyTo: null, editing: message }),
      done: () => setState(plain),
    }),
    [],
  );
  return useMemo(() => ({ ...state, ...ways }), [state, ways]);
}

export function useComposing(): Composing {
  const composing = useContext(ComposingContext);
  if (composing === null) throw new Error("useComposing outside of a conversation");
  return composing;
}
