import type { Conversation } from "@sotto/protocol/types.ts";
import { useEffect, useMemo, useState } from "react";
import { useSotto, useStore } from "../session/session.tsx";

/** The conversations of what was found: those that the app has, and the others as they come. */
export function useConversations(ids: readonly string[]): ReadonlyMap<string, Conversation> {
  const sotto = useSotto();
  const inbox = useStore(sotto.inbox);
  const [fetched, setFetched] = useState<ReadonlyMap<string, Conversation>>(new Map());
  const here = useMemo(() => new Map(inbox.conversations.map((one) => [one.id, one])), [inbox.conversations]);
  const missing = [...new Set(ids)].filter((id) => !here.has(id) && !fetched.has(id)).join(" ");

  useEffect(() => {
    if (missing === "") return;
    let wanted = true;
    const asked = missing.split(" ").map(async (conversationId) => {
      // A row without its name is still a row.
      const answer = await sotto.call("conversations.get", { conversationId }).catch(() => null);
      return answer?.conversation ?? null;
    });
    void Promise.all(asked).then((answers) => {
      const got = answers.filter((one) => one !== null);
      if (wanted && got.length > 0)
        setFetched((before) => new Map([...before, ...got.map((one) => [one.id, one] as const)]));
    });
    return () => {
      wanted = false;
    };
  }, [sotto, missing]);

  return useMemo(() => new Map([...fetched, ...here]), [fetched, here]);
}
