import { closeCodes } from "@sotto/protocol/close-codes.ts";
import type { Hub } from "./hub.ts";
import { flushSocket, send } from "./outgoing.ts";

/** Clients come back at different moments, so that they do not all arrive at once. */
const comeBackWithinMs = 2_000;

/** Tells every client when to come back, and closes its socket. What it misses meanwhile, its cursor finds. */
export function sendAway(hub: Hub, nowMs: number = Date.now()): void {
  for (const socket of [...hub.all()]) {
    const at = new Date(nowMs + Math.random() * comeBackWithinMs).toISOString();
    send(socket, JSON.stringify({ event: "reconnect", at }));
    flushSocket(socket);
    socket.close(closeCodes.goingAway, "going away");
  }
}
