import { closeCodes } from "@sotto/protocol/close-codes.ts";
import type { Socket } from "./socket.ts";

/** What may wait for a slow reader, in bytes. Past it the socket is closed and the client resumes by its cursor (T29). */
export const waitingBytesMost = 1024 * 1024;

/** Sockets with frames of this turn of the event loop. */
let pending: Socket[] = [];

/**
 * Frames leave at the end of the turn, all of a socket's in one write: a batch of commits brings each connection several
 * answers and events, and a write costs more than making the frame.
 */
export function send(socket: Socket, text: string): void {
  const { outgoing } = socket.data;
  if (outgoing) return void outgoing.push(text);
  socket.data.outgoing = [text];
  if (pending.push(socket) === 1) setImmediate(flush);
}

function flush(): void {
  const sockets = pending;
  pending = [];
  for (const socket of sockets) flushSocket(socket);
}

/** Before a close, so that the last words are not lost. */
export function flushSocket(socket: Socket): void {
  const { outgoing } = socket.data;
  if (!outgoing) return;
  socket.data.outgoing = null;
  socket.cork(() => {
    for (const text of outgoing) if (!write(socket, text)) return;
  });
}

/**
 * Bun's `send` answers > 0 for sent, −1 for queued and 0 for dropped. A dropped event may never pass for a delivered one:
 * the socket closes, and the client heals.
 */
function write(socket: Socket, text: string): boolean {
  const result = socket.send(text);
  if (result > 0) return true;
  if (result === -1 && socket.getBufferedAmount() <= waitingBytesMost) return true;
  socket.close(closeCodes.tooSlow, "too slow");
  return false;
}
