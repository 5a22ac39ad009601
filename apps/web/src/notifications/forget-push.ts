/** Who switched pushes on here: a browser that somebody else signs in on asks them anew. */
export const ownerKey = "sotto.push-owner";

export function pushIsOf(personId: string): boolean {
  return localStorage.getItem(ownerKey) === personId;
}

export async function pushRegistration(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator) || !("PushManager" in globalThis) || !("Notification" in globalThis)) return null;
  return (await navigator.serviceWorker.getRegistration()) ?? null;
}

/** When somebody signs out: the session's end is the end of it on the server, and this is the browser's part. */
export async function forgetPush(): Promise<void> {
  localStorage.removeItem(ownerKey);
  const registration = await pushRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
  await closeShown();
}

/** When the session was ended elsewhere: nobody would tell this browser any more that what they say was unsent (R9). */
export async function closeShown(): Promise<void> {
  for (const one of (await (await pushRegistration())?.getNotifications()) ?? []) one.close();
}
