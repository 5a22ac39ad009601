/** At most `size` pieces of work at a time, in the order of asking. */
export function slots(size: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = size;
  const take = () => new Promise<void>((resolve) => (free > 0 ? (free--, resolve()) : void waiting.push(resolve)));
  const give = () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return async (work) => {
    await take();
    try {
      return await work();
    } finally {
      give();
    }
  };
}
