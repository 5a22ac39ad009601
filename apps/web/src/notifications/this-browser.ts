import type { Sotto } from "@sotto/sdk/interface.ts";
import { ownerKey, pushIsOf, pushRegistration } from "./forget-push.ts";

/**
 * Whether this browser is told of news while the app is closed. `unsupported`: it cannot be (no service worker, or an app that has to be
 * installed first). `blocked`: the browser was told never to ask again, and only its own settings change that.
 */
export type BrowserPush = "unsupported" | "blocked" | "off" | "on";

export async function browserPush(personId: string): Promise<BrowserPush> {
  const registration = await pushRegistration();
  if (registration === null) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  const subscription = await registration.pushManager.getSubscription();
  const on = subscription !== null && Notification.permission === "granted" && pushIsOf(personId);
  return on ? "on" : "off";
}

/** Only ever after somebody pressed the switch: this is where the browser asks for permission. */
export async function switchOn(sotto: Sotto, personId: string): Promise<BrowserPush> {
  const registration = await pushRegistration();
  if (registration === null) return "unsupported";
  const permission = await Notification.requestPermission();
  if (permission === "denied") return "blocked";
  if (permission !== "granted") return "off";
  const before = await registration.pushManager.getSubscription();
  // What somebody else subscribed here is not taken over: their server side may still know it.
  if (!pushIsOf(personId)) await before?.unsubscribe();
  await subscribe(sotto, registration);
  localStorage.setItem(ownerKey, personId);
  return "on";
}

export async function switchOff(sotto: Sotto): Promise<BrowserPush> {
  localStorage.removeItem(ownerKey);
  const registration = await pushRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return registration === null ? "unsupported" : "off";
  const { endpoint } = subscription;
  await subscription.unsubscribe();
  await sotto.call("push.unsubscribe", { endpoint });
  return "off";
}

/** At the app's start: a browser changes its endpoint now and then, and a new session has to have it. */
export async function keepUp(sotto: Sotto, personId: string): Promise<void> {
  if ((await browserPush(personId)) !== "on") return;
  const registration = await pushRegistration();
  if (registration !== null) await subscribe(sotto, registration);
}

async function subscribe(sotto: Sotto, registration: ServiceWorkerRegistration): Promise<void> {
  const { publicKey } = await sotto.call("push.key", {});
  const applicationServerKey = bytesOf(publicKey);
  const before = await registration.pushManager.getSubscription();
  const known = before?.options.applicationServerKey;
  // A server that was set up anew has another key: pushes under the old one would be refused.
  if (before && known && !equal(new Uint8Array(known), applicationServerKey)) await before.unsubscribe();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const { endpoint, keys } = subscription.toJSON();
  if (endpoint === undefined || keys?.["p256dh"] === undefined || keys["auth"] === undefined)
    throw new Error("the browser gave a subscription without keys");
  await sotto.call("push.subscribe", { endpoint, keys: { p256dh: keys["p256dh"], auth: keys["auth"] } });
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.codePointAt(0) ?? 0);
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
