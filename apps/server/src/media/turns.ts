/**
 * Whose photo is next. The one of whoever has the fewest under way, and among those the one that waits longest: somebody who
 * sends thirty slow photos waits for them alone (T14). Places beyond `shared` are for those who have none under way.
 */
export interface Turns {
  begin(ownerId: string): void;
  end(ownerId: string): void;
  /** The place in `waiting` of the one that may begin now; null when none may. */
  next(waiting: readonly { ownerId: string }[]): number | null;
}

export function takeTurns({ shared }: { shared: number }): Turns {
  const counts = new Map<string, number>();
  let underWay = 0;
  const of = (ownerId: string): number => counts.get(ownerId) ?? 0;
  return {
    begin: (ownerId) => {
      underWay += 1;
      counts.set(ownerId, of(ownerId) + 1);
    },
    end: (ownerId) => {
      underWay -= 1;
      if (of(ownerId) > 1) counts.set(ownerId, of(ownerId) - 1);
      else counts.delete(ownerId);
    },
    next: (waiting) => {
      const fewest = Math.min(...waiting.map(({ ownerId }) => of(ownerId)));
      if (waiting.length === 0 || (underWay >= shared && fewest > 0)) return null;
      return waiting.findIndex(({ ownerId }) => of(ownerId) === fewest);
    },
  };
}
