import type { BrowserContext, Page } from "playwright-core";

/**
 * Requests to these addresses fail as they do without a network, until the function that this resolves with is called. The route
 * stays: a request that is held while a route is taken away is neither answered nor let through, and waits for good.
 */
export async function cutOff(from: Page | BrowserContext, addresses: string | RegExp): Promise<() => void> {
  let cut = true;
  await from.route(addresses, (route) => (cut ? route.abort() : route.fallback()));
  return () => {
    cut = false;
  };
}
