import type { Event } from "@sotto/protocol/events.ts";
import type { Bus } from "../ports/bus.ts";

/** Committed changes go out here, and only here. Encoded once per event, whoever receives it. */
export type Publish = (personIds: readonly string[], event: Event, exceptConnection?: string) => void;

export function publisher(bus: Bus): Publish {
  return (personIds, event, exceptConnection) => {
    const payload = JSON.stringify(event);
    for (const personId of personIds) bus.publish({ kind: "event", personId, payload, exceptConnection });
  };
}
