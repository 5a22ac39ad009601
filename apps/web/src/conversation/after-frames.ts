/**
 * Does work in a task of its own once so many frames have been drawn, the one under way among them. Returns what calls it off.
 */
export function afterFrames(frames: number, work: () => void): () => void {
  let [frame, timer]: [number | undefined, ReturnType<typeof setTimeout> | undefined] = [undefined, undefined];
  const wait = (left: number) => {
    frame = requestAnimationFrame(() => {
      if (left > 1) wait(left - 1);
      else timer = setTimeout(work);
    });
  };
  wait(frames);
  return () => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
