import type { Hint } from "../ports/bus.ts";

/** A message goes to many people, one hint after the other: its bytes are made once. */
export function hintEncoder(): (hint: Hint) => Uint8Array {
  const encoder = new TextEncoder();
  let lastPayload: string | undefined;
  let lastBytes = new Uint8Array();
  return (hint) => {
    if (hint.kind !== "event") return encoder.encode(frame(hint));
    if (hint.payload !== lastPayload) {
      lastPayload = hint.payload;
      lastBytes = encoder.encode(frame(hint));
    }
    return lastBytes;
  };
}

/**
 * How a hint travels: the person stands in the subject, one letter says what it is, the rest is its content. `exceptConnection`
 * stays behind: that connection is on the process that publishes, which gets no echo.
 */
function frame(hint: Hint): string {
  switch (hint.kind) {
    case "event":
      return `e${hint.payload}`;
    case "left":
      return `l${hint.conversationId}`;
    case "session_over":
      return `s${hint.sessionId}`;
    case "one_too_many":
      return `m${hint.connectionId}`;
    default:
      return hint satisfies never;
  }
}

/** Null for what a newer process may say and this one does not know. */
export function decodeHint(personId: string, text: string): Hint | null {
  const content = text.slice(1);
  switch (text[0]) {
    case "e":
      return { kind: "event", personId, payload: content };
    case "l":
      return { kind: "left", personId, conversationId: content };
    case "s":
      return { kind: "session_over", personId, sessionId: content };
    case "m":
      return { kind: "one_too_many", personId, connectionId: content };
    default:
      return null;
  }
}
