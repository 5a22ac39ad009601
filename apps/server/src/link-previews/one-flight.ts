/** Work under a key that is under way already is not begun again: whoever asks meanwhile gets the same answer. */
export function oneFlight<T>(): (key: string, work: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return async (key, work) => {
    const running = underWay.get(key);
    if (running !== undefined) return await running;
    const mine = work().finally(() => underWay.delete(key));
    underWay.set(key, mine);
    return await mine;
  };
}
