import { closeCodes } from "@sotto/protocol/close-codes.ts";
import type { Socket } from "./socket.ts";

/** What may wait for a slow reader, in bytes. Past it the socket is closed and the client resumes by its cursor (T29). */
export const waitingBytesMost = 1024 * 1024;

/**
 * Bun's `send` answers > 0 for sent, −1 for queued and 0 for dropped. A dropped event may never pass for a delivered one:
 * the socket closes, and the client heals.
 */
export function send(socket: Socket, text: string): void {
  const result = socket.send(text);
  if (result > 0) return;
  if (result === 0 || socket.getBufferedAmount() > waitingBytesMost) socket.close(closeCodes.tooSlow, "too slow");
}
