import { createSotto } from "@sotto/sdk/client.ts";
import { waits } from "@sotto/sdk/waits.ts";

/** What `sdk-storage.browser.test.ts` loads into a blank page. */
Object.assign(window, {
  waits,
  sottoFor: (token: string) =>
    createSotto({ url: location.origin, credential: { kind: "bearer", token }, storage: "indexeddb" }),
});
