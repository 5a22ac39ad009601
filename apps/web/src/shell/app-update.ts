/**
 * How a newer app takes over. Its worker waits while pages of the one before are open, for ever if nobody says a word: it is let in where
 * nothing can be lost, when a page starts, and when somebody asks for it. The registration stays: push subscriptions hang on it.
 */

/** A page that starts shows the old app rather than nothing for longer than this. */
const startLimitMs = 3_000;
/** Somebody who asked for the newer app does not wait longer: the page is loaded again, whatever comes. */
const askedLimitMs = 10_000;
/** Two nodes with two versions must not throw a page to and fro. */
const calmMs = 30_000;
const reloadedAtKey = "sotto.reloaded-at";

/** Before the first paint. If a newer app waits, the page is loaded again and this settles only when that takes too long. */
export async function startNewest(): Promise<void> {
  followMissingParts();
  // Uncontrolled, it came from the server: nothing of it is old.
  if (!("serviceWorker" in navigator) || navigator.serviceWorker.controller === null) return;
  await within(startLimitMs, async (late) => {
    const waiting = (await navigator.serviceWorker.getRegistration())?.waiting;
    if (!waiting || late() || !mayReload()) return;
    const active = await letIn(waiting);
    // Later, somebody may be writing already.
    if (!active || late()) return;
    reloadOnce();
    await new Promise(() => {});
  }).catch(() => {});
}

/** The newest app there is on the server, now; at the limit the page is loaded again all the same. */
export async function reloadIntoNewest(): Promise<void> {
  await within(askedLimitMs, async () => {
    if (!("serviceWorker" in navigator)) return;
    const registration = await navigator.serviceWorker.getRegistration();
    await registration?.update();
    const newer = registration?.installing ?? registration?.waiting;
    if (newer) await letIn(newer);
  }).catch(() => {});
  location.reload();
}

/** Resolves to whether it is the active one now. */
async function letIn(worker: ServiceWorker): Promise<boolean> {
  if (!(await reaches(worker, ["installed", "activating", "activated"]))) return false;
  worker.postMessage({ type: "SKIP_WAITING" });
  return await reaches(worker, ["activated"]);
}

async function reaches(worker: ServiceWorker, states: readonly ServiceWorkerState[]): Promise<boolean> {
  return await new Promise((resolve) => {
    const look = () => {
      const there = states.includes(worker.state);
      if (!there && worker.state !== "redundant") return;
      worker.removeEventListener("statechange", look);
      resolve(there);
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

/** When another tab has let a newer app in, the parts this one has not loaded yet are gone: it follows when it needs one. */
function followMissingParts(): void {
  addEventListener("vite:preloadError", () => {
    // Without a network a page that stands, with a part missing, is better than none.
    if (navigator.onLine && mayReload()) reloadOnce();
  });
}

function mayReload(): boolean {
  return Date.now() - Number(sessionStorage.getItem(reloadedAtKey)) > calmMs;
}

function reloadOnce(): void {
  sessionStorage.setItem(reloadedAtKey, String(Date.now()));
  location.reload();
}

async function within(limitMs: number, work: (late: () => boolean) => Promise<void>): Promise<void> {
  let late = false;
  const limit = new Promise<void>((resolve) => {
    setTimeout(() => {
      late = true;
      resolve();
    }, limitMs);
  });
  await Promise.race([work(() => late), limit]);
}
