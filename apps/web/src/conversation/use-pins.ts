import type { Message } from "@sotto/protocol/types.ts";
import type { Sotto } from "@sotto/sdk/interface.ts";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useSotto, useStore } from "../session/session.tsx";
import type { OpenConversation } from "./use-conversation.ts";

const pauseMs = 300;

/**
 * What is pinned here, newest first. The messages that are held tell at once; the others are asked for: at the beginning, after an
 * absence, and when something changed that is not held.
 */
export function usePins(open: OpenConversation): readonly Message[] {
  // A look at each message that is held: not in the frame in which a page of them comes.
  const state = useDeferredValue(open.state);
  const sotto = useSotto();
  const [listed, setListed] = useState<readonly Message[]>([]);
  const online = useStore(sotto.connection).is === "online";
  const { conversation, messages } = state;
  const conversationId = conversation?.state === "hidden" ? undefined : conversation?.id;
  const change = conversation?.change ?? 0;
  const lastChange = useMemo(() => lastChangeOf(messages), [messages]);
  /** Counts only what happened outside of what is held. */
  const elsewhere = change > lastChange ? change : 0;

  useEffect(() => {
    if (conversationId === undefined || !online) return;
    let wanted = true;
    const timer = setTimeout(() => {
      listAll(sotto, conversationId, () => wanted).then(
        (items) => wanted && setListed(items),
        () => undefined,
      );
    }, pauseMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [sotto, conversationId, online, elsewhere]);

  return useMemo(() => {
    const first = messages[0]?.seq ?? Infinity;
    const last = messages.at(-1)?.seq ?? -Infinity;
    const held = messages.filter(isPinned);
    const others = listed.filter(({ seq }) => seq < first || seq > last).filter(isPinned);
    return [...held, ...others].toSorted((a, b) => b.seq - a.seq);
  }, [messages, listed]);
}

/** One answer, as a rule: only very long texts take several. */
async function listAll(sotto: Sotto, conversationId: string, wanted: () => boolean): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const before = all.at(-1)?.seq;
    const page = await sotto.call("messages.listPinned", { conversationId, ...(before !== undefined && { before }) });
    all.push(...page.items);
    if (!page.hasOlder || !wanted()) return all;
  }
}

/** A loop: there are thousands. */
function lastChangeOf(messages: readonly Message[]): number {
  let last = 0;
  for (const { change } of messages) if (change > last) last = change;
  return last;
}

function isPinned(message: Message): boolean {
  return message.pinnedAt !== undefined && message.unsentAt === null;
}
