import { useCallback, useEffect, useRef, useState } from "react";
import { errorText } from "../session/problem.ts";
import { useSotto } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { nothing, searchOn, type Asked, type Found, type Hit } from "./pages.ts";

export interface MessageSearch {
  /** Nothing was asked yet, or there is nothing to ask. */
  idle: boolean;
  loading: boolean;
  hits: readonly Hit[];
  /** There may be more. */
  more: boolean;
  /** False: some of the newest messages are not in the index yet. */
  complete: boolean;
  problem: string | null;
  loadMore(): void;
}

/** Messages as the server finds them; a new question drops the answers to the one before. */
export function useMessageSearch({ query, filter, conversationId, limit }: Asked): MessageSearch {
  const t = useText();
  const sotto = useSotto();
  const [found, setFound] = useState<Found>(nothing);
  const [problem, setProblem] = useState<string | null>(null);
  const [loading, setLoading] = useState(false);
  const turn = useRef(0);
  const idle = query === "" && (filter.kind === null || filter.kind === "text");

  const ask = useCallback(
    async (before: Found) => {
      turn.current += 1;
      const mine = turn.current;
      setLoading(true);
      setProblem(null);
      try {
        const about = { query, filter, conversationId, limit };
        const after = await searchOn(
          async (question) => (turn.current === mine ? await sotto.call("messages.search", question) : null),
          { before, about, nowMs: Date.now() },
        );
        if (turn.current === mine) setFound(after);
      } catch (error) {
        if (turn.current === mine) setProblem(errorText(t, error));
      } finally {
        if (turn.current === mine) setLoading(false);
      }
    },
    [sotto, t, query, filter, conversationId, limit],
  );

  useEffect(() => {
    setFound(nothing);
    if (!idle) void ask(nothing);
    return () => {
      turn.current += 1;
      setLoading(false);
    };
  }, [ask, idle]);

  const loadMore = useCallback(() => {
    if (!loading && found.next !== null) void ask(found);
  }, [ask, found, loading]);
  return { idle, loading, hits: found.hits, more: found.next !== null, complete: found.complete, problem, loadMore };
}
