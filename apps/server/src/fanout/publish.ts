import type { Event } from "@sotto/protocol/events.ts";
import type { Bus } from "../ports/bus.ts";
import { counts } from "../telemetry/counts.ts";

/** Committed changes go out here, and only here. */
export interface Publish {
  (personIds: readonly string[], event: Event, exceptConnection?: string): void;
  /** One person's, already encoded. */
  encoded(personId: string, payload: string, exceptConnection?: string): void;
}

export function publisher(bus: Bus): Publish {
  const encoded: Publish["encoded"] = (personId, payload, exceptConnection) => {
    counts.hintsPublished += 1;
    bus.publish({ kind: "event", personId, payload, exceptConnection });
  };
  const publish = (personIds: readonly string[], event: Event, exceptConnection?: string) => {
    const payload = JSON.stringify(event);
    for (const personId of personIds) encoded(personId, payload, exceptConnection);
  };
  return Object.assign(publish, { encoded });
}
