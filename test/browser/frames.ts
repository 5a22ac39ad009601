import type { ElementHandle, Page } from "playwright-core";

/** How smooth a page was between `startFrames` and `stopFrames`. */
export interface Frames {
  frames: number;
  /** The longest time between two frames, and how many took longer than 50 ms: three turns of a screen of 60 Hz are 50. */
  longestMs: number;
  over50: number;
  medianMs: number;
  p99Ms: number;
  /**
   * The sum of layout shifts while nobody's hand moved the page. The browser leaves out what follows a key or a press, and does not
   * know of the wheel: a frame in which one scrolls and a page comes counts as a shift, though nothing but the wheel moved the rows.
   */
  layoutShift: number;
  /** What the browser blames for frames over 50 ms: scripts by their time. */
  blamed: string[];
}

interface Watch {
  running: boolean;
  /** When somebody scrolled last. */
  handMs: number;
  deltas: number[];
  shift: number;
  blamed: string[];
}

/** As long as the browser itself takes a shift for an answer to a key or a press. */
const handMs = 500;

interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Node | null }[];
}

interface LongFrame extends PerformanceEntry {
  scripts: { duration: number; invoker: string; sourceFunctionName: string }[];
  renderStart: number;
  styleAndLayoutStart: number;
}

interface Watched {
  frameWatch?: Watch;
}

/**
 * The thumb of the scrollbar at this part of its way: a leap by hand. The list is an element, not a way to find it: finding it by its
 * role asks for the role of everything in the page, and that is time of the frame that is measured.
 */
export async function dragTo(list: ElementHandle<HTMLElement | SVGElement>, part: number): Promise<void> {
  await list.evaluate((element, at) => {
    const watch = (globalThis as Watched).frameWatch;
    if (watch !== undefined) watch.handMs = performance.now();
    element.scrollTop = element.scrollHeight * at;
  }, part);
}

/** So many looks in a row the words were there: a page that comes above them takes them out of sight again. */
const looks = 3;
const framesPerLook = 6;

/**
 * The thumb held at one end of its way, as whoever wants to get to the end of a list does: a leap in every frame for as long as the
 * list grows, until these words are in it to stay. It runs in the page: a leap that is asked for from outside costs the frame some
 * milliseconds of the asking, four times over. Throws past `limitMs`.
 */
export async function holdAt(
  list: ElementHandle<HTMLElement | SVGElement>,
  end: { part: 0 | 1; until: string; limitMs: number },
): Promise<void> {
  await list.evaluate(
    async (element, { part, until, limitMs, most, every }) => {
      const watch = (globalThis as Watched).frameWatch;
      const startedMs = performance.now();
      for (let [frame, there] = [1, 0]; there < most; frame += 1) {
        await new Promise(requestAnimationFrame);
        const nowMs = performance.now();
        if (nowMs - startedMs > limitMs)
          throw new Error(`"${until}" was not there in time; at ${element.scrollTop} px`);
        if (watch !== undefined) watch.handMs = nowMs;
        element.scrollTop = part === 0 ? 0 : element.scrollHeight;
        if (frame % every === 0) there = element.textContent?.includes(until) === true ? there + 1 : 0;
      }
    },
    { ...end, most: looks, every: framesPerLook },
  );
}

export async function startFrames(page: Page): Promise<void> {
  await page.evaluate((byHandMs) => {
    const watch: Watch = { running: true, handMs: -Infinity, deltas: [], shift: 0, blamed: [] };
    (globalThis as Watched).frameWatch = watch;
    addEventListener("wheel", () => (watch.handMs = performance.now()), { passive: true, capture: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[])
        if (watch.running && !entry.hadRecentInput && entry.startTime - watch.handMs > byHandMs) {
          watch.shift += entry.value;
          const names = entry.sources.map(({ node }) => (node instanceof Element ? node.className : node?.nodeName));
          watch.blamed.push(`shift ${entry.value.toFixed(4)}: ${names.join(" | ").slice(0, 200)}`);
        }
    }).observe({ type: "layout-shift" });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as LongFrame[]) {
        const scripts = entry.scripts.map(
          (one) => `${one.invoker} ${one.sourceFunctionName} ${one.duration.toFixed(0)}`,
        );
        const layout = entry.startTime + entry.duration - entry.styleAndLayoutStart;
        if (watch.running)
          watch.blamed.push(`${entry.duration.toFixed(0)} ms (layout ${layout.toFixed(0)}): ${scripts.join(", ")}`);
      }
    }).observe({ type: "long-animation-frame" });
    let before = performance.now();
    const tick = (now: number) => {
      if (!watch.running) return;
      watch.deltas.push(now - before);
      before = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }, handMs);
}

export async function stopFrames(page: Page): Promise<Frames> {
  return page.evaluate(() => {
    const watch = (globalThis as Watched).frameWatch;
    if (watch === undefined) throw new Error("nothing was watched");
    watch.running = false;
    const sorted = watch.deltas.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    return {
      frames: sorted.length,
      longestMs: Math.round(at(1)),
      over50: sorted.filter((delta) => Math.round(delta) > 50).length,
      medianMs: Math.round(at(0.5)),
      p99Ms: Math.round(at(0.99)),
      layoutShift: watch.shift,
      blamed: watch.blamed,
    };
  });
}

export async function slowDown(page: Page, times: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: times });
}
