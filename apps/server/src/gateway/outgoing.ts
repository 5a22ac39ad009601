import { limits } from "@sotto/protocol/limits.ts";
import { closeCodes } from "@sotto/protocol/close-codes.ts";
import { counts } from "../telemetry/counts.ts";
import type { Socket } from "./socket.ts";

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
  counts.framesOut += outgoing.length;
  socket.cork(() => {
    for (const text of outgoing) if (!write(socket, text)) return;
  });
}

/**
 * Bun's `send` answers > 0 for sent, −1 for queued and 0 for dropped. A dropped event may never pass for a delivered one:
 * the socket closes, and the client heals.
 */
function write(socket: Socket, text: string): boolean {
  // Closed by an earlier frame, and its answers are still being made: it is counted once.
  if (socket.readyState !== WebSocket.OPEN) return false;
  // Before this frame: a large answer does not close the socket of who asked for it, only a reader who does not read (T29).
  const behind = socket.getBufferedAmount() > limits.waitingBytesPerSocket;
  if (!behind && socket.send(text) !== 0) return true;
  counts.slowReadersClosed += 1;
  socket.close(closeCodes.tooSlow, "too slow");
  return false;
}
