import type { Problem } from "@sotto/protocol/errors.ts";
import type { Event } from "@sotto/protocol/events.ts";
import type { Hello as HelloFrame } from "@sotto/protocol/frames.ts";

export type SocketEvent = Event;
export type Hello = HelloFrame["hello"];

export type Frame =
  | { is: "hello"; hello: Hello }
  | { is: "answer"; id: number; ok?: unknown; error?: Problem }
  | { is: "event"; event: SocketEvent };

/** The server is trusted with the shapes; a frame of a kind that this client does not know is left alone. */
export function parseFrame(text: string): Frame | undefined {
  const frame: unknown = JSON.parse(text);
  if (typeof frame !== "object" || frame === null) return undefined;
  if ("hello" in frame) return { is: "hello", hello: frame.hello as Hello };
  if ("event" in frame) return { is: "event", event: frame as SocketEvent };
  if ("id" in frame && typeof frame.id === "number") return { is: "answer", ...(frame as { id: number }) };
  return undefined;
}
