import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import { useCallback, useEffect, useRef, useState } from "react";
import { errorText } from "../session/problem.ts";
import { useSotto } from "../session/session.tsx";
import { useText } from "../text/intl.tsx";
import { spanOf, type Filter } from "./filter.ts";

export type Hit = CommandOutput<"messages.search">["items"][number];

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

interface Asked {
  query: string;
  filter: Filter;
  conversationId?: string;
  limit: number;
}

interface Found {
  hits: readonly Hit[];
  next: string | null;
  complete: boolean;
}

const nothing: Found = { hits: [], next: null, complete: true };
/** A page may be short, or empty, and have a next one: so many are asked for before the person is. */
const pagesInARow = 5;

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
        const base: CommandInput<"messages.search"> = {
          query,
          limit,
          ...(conversationId !== undefined && { conversationId }),
          ...(filter.kind !== null && { kind: filter.kind }),
          ...spanOf(filter),
        };
        const after = await pages(async (cursor) => {
          if (turn.current !== mine) return null;
          return await sotto.call("messages.search", { ...base, ...(cursor !== null && { cursor }) });
        }, before);
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

async function pages(
  ask: (cursor: string | null) => Promise<CommandOutput<"messages.search"> | null>,
  before: Found,
): Promise<Found> {
  let { hits, next, complete } = before;
  for (let page = 0; page < pagesInARow; page += 1) {
    const answer = await ask(next);
    if (answer === null) break;
    hits = [...hits, ...answer.items];
    next = answer.next;
    complete = answer.complete;
    if (next === null || answer.items.length > 0) break;
  }
  return { hits, next, complete };
}
