import { createSotto } from "@sotto/sdk/client.ts";

/** What `sdk-storage.browser.test.ts` loads into a blank page. */
Object.assign(window, {
  sottoFor: (token: string) =>
    createSotto({ url: location.origin, credential: { kind: "bearer", token }, storage: "indexeddb" }),
});
