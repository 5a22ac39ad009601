import { closeCodes } from "@sotto/protocol/close-codes.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { Hint } from "../ports/bus.ts";
import { counts } from "../telemetry/counts.ts";
import { Leavers } from "./leavers.ts";
import { flushSocket, send } from "./outgoing.ts";
import type { Socket } from "./socket.ts";

/** Who is connected here. Hints from the bus go to their sockets. */
export interface Hub {
  /** Resolves when hints from other processes will come, or answers nothing where they do already. */
  add(socket: Socket): Promise<void> | undefined;
  remove(socket: Socket): void;
  deliver(hint: Hint): void;
  /** Every socket, for draining. */
  all(): Iterable<Socket>;
}

/** Who is told of it: the bus, which then brings this person's hints, and the other processes. */
export interface HubDeps {
  watch: (personId: string) => Promise<void> | undefined;
  unwatch: (personId: string) => void;
  opened: (socket: { personId: string; connectionId: string }) => void;
  closed: (socket: { personId: string; connectionId: string }) => void;
}

export function hub(deps: HubDeps): Hub {
  const byPerson = new Map<string, Set<Socket>>();
  const leavers = new Leavers();
  return {
    add(socket) {
      const { personId } = socket.data;
      const sockets = byPerson.get(personId) ?? new Set();
      byPerson.set(personId, sockets.add(socket));
      counts.socketsOpened += 1;
      counts.socketsOpen += 1;
      // In order of arrival: the first is the oldest.
      const [oldest] = sockets;
      if (sockets.size > limits.socketsPerPerson && oldest) oldest.close(closeCodes.tooMany, "too many sockets");
      deps.opened(socket.data);
      return deps.watch(personId);
    },
    remove(socket) {
      const sockets = byPerson.get(socket.data.personId);
      if (!sockets?.delete(socket)) return;
      counts.socketsOpen -= 1;
      deps.closed(socket.data);
      if (sockets.size > 0) return;
      byPerson.delete(socket.data.personId);
      deps.unwatch(socket.data.personId);
    },
    deliver(hint) {
      if (hint.kind === "left") return leavers.remember(hint.personId, hint.conversationId);
      const sockets = byPerson.get(hint.personId);
      if (!sockets) return;
      const passed = hint.kind === "event" ? eventFor(leavers, hint) : hint;
      if (passed) for (const socket of sockets) deliverTo(socket, passed);
    },
    *all() {
      for (const sockets of byPerson.values()) yield* sockets;
    },
  };
}

type EventHint = Extract<Hint, { kind: "event" }>;

/** The same hint for nearly everybody; null for who left what it is about. */
function eventFor(leavers: Leavers, hint: EventHint): EventHint | null {
  const payload = leavers.pass(hint.personId, hint.payload);
  if (payload === null) return null;
  return payload === hint.payload ? hint : { ...hint, payload };
}

function deliverTo(socket: Socket, hint: Exclude<Hint, { kind: "left" }>): void {
  switch (hint.kind) {
    case "event":
      if (socket.data.connectionId !== hint.exceptConnection) send(socket, hint.payload);
      return;
    case "session_over":
      if (socket.data.sessionId !== hint.sessionId) return;
      flushSocket(socket);
      socket.close(closeCodes.sessionOver, "session over");
      return;
    case "one_too_many":
      if (socket.data.connectionId === hint.connectionId) socket.close(closeCodes.tooMany, "too many sockets");
      return;
    default:
      hint satisfies never;
  }
}
