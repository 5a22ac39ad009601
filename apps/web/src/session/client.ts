import { createSotto } from "@sotto/sdk/client.ts";
import type { Sotto } from "@sotto/sdk/interface.ts";

/** The one place where the app meets the server: the SDK, with the session's cookie of this origin. */
export function createClient(): Sotto {
  return createSotto({ url: location.origin, credential: { kind: "cookie" }, storage: "indexeddb" });
}
