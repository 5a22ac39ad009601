/**
 * The service worker's part in notifications: loaded by the one that keeps the shell (vite.config.ts), and on its own in every sense: it
 * imports nothing, knows no session and asks the server for nothing. All it shows came encrypted, in the push.
 */

/** What TypeScript's library has for pages, the worker's own left out of it. */
interface WorkerScope {
  registration: ServiceWorkerRegistration;
  clients: {
    matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<readonly WindowOfApp[]>;
    openWindow(url: string): Promise<unknown>;
  };
  navigator: { setAppBadge?: (count?: number) => Promise<void> };
  addEventListener(type: "push", listener: (event: WorkerEvent & { data: { text(): string } | null }) => void): void;
  addEventListener(
    type: "notificationclick",
    listener: (event: WorkerEvent & { notification: Notification }) => void,
  ): void;
}

interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface WindowOfApp {
  focused: boolean;
  visibilityState: "visible" | "hidden";
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}

/** `silent`: it corrects what stands there. `keep`: something has to stand there, or this browser ends the subscription. */
interface Told {
  is: "show" | "clear";
  tag: string;
  title: string;
  body: string;
  path?: string;
  silent?: boolean;
  keep?: boolean;
  lang?: string;
  dir?: "ltr" | "rtl";
}

const worker = self as unknown as WorkerScope;

worker.addEventListener("push", (event) => event.waitUntil(take(read(event.data?.text()))));
worker.addEventListener("notificationclick", (event) => event.waitUntil(open(event.notification)));

/** What cannot be read came from a newer server: that something is new can be said all the same. */
function read(text: string | undefined): Told {
  try {
    const told = JSON.parse(text ?? "") as Told & { v: number };
    if (told.v === 1 && typeof told.tag === "string") return told;
  } catch {
    // Below.
  }
  return { is: "show", tag: "sotto", title: "Sotto", body: "" };
}

async function take(told: Told): Promise<void> {
  if (told.is === "show" && !(await isLookedAt())) await show(told);
  if (told.is === "clear") await clear(told);
  await worker.navigator.setAppBadge?.((await worker.registration.getNotifications()).length).catch(() => {});
}

/** The app tells it itself, to whoever looks at it. */
async function isLookedAt(): Promise<boolean> {
  const subscription = await worker.registration.pushManager.getSubscription().catch(() => null);
  if (subscription !== null && new URL(subscription.endpoint).hostname.endsWith(".push.apple.com")) return false;
  return (await windows()).some((one) => one.focused && one.visibilityState === "visible");
}

async function show({ tag, title, body, path = "/", silent = false, lang = "", dir = "ltr" }: Told): Promise<void> {
  const options: NotificationOptions & { renotify: boolean } = {
    tag,
    body,
    lang,
    dir,
    silent,
    // A newer one of the same conversation takes the place of the old one, and is heard.
    renotify: !silent,
    icon: "/icon-192.png",
    badge: "/icon-192.png",
    data: { path },
  };
  await worker.registration.showNotification(title, options);
}

async function clear(told: Told): Promise<void> {
  if (told.keep === true) return await show({ ...told, silent: true });
  for (const one of await worker.registration.getNotifications({ tag: told.tag })) one.close();
}

/** Into the window that is open, or into a new one. */
async function open(notification: Notification): Promise<void> {
  notification.close();
  const path = (notification.data as { path?: string } | null)?.path ?? "/";
  const [window] = (await windows()).toSorted((a, b) => Number(b.focused) - Number(a.focused));
  if (window === undefined) return void (await worker.clients.openWindow(path));
  window.postMessage({ is: "open", path });
  await window.focus();
}

async function windows(): Promise<readonly WindowOfApp[]> {
  return await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
}
