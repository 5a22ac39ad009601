import { closeCodes } from "@sotto/protocol/close-codes.ts";
import { limits } from "@sotto/protocol/limits.ts";
import { Refusal, refusalFor, refuse } from "../errors.ts";
import { dispatch, type DispatchDeps } from "./dispatch.ts";
import { handshake, speaks, type HandshakeDeps } from "./handshake.ts";
import type { Hub } from "./hub.ts";
import { send } from "./outgoing.ts";
import type { Socket, SocketData } from "./socket.ts";

export interface ListenDeps extends DispatchDeps, HandshakeDeps {
  hub: Hub;
  host: string;
  port: number;
  epoch: string;
  /** Everything that is not a socket. */
  http: (request: Request, address: string) => Response | Promise<Response>;
  refused: (refusal: Refusal) => Response;
  /** Why no socket opens here now; null where one does. */
  closedToSockets: () => Refusal | null;
  sessionLives: (identity: { personId: string; sessionId: string }) => Promise<boolean>;
}

/** Seconds without a byte after which a socket is dead; Bun pings before that. */
const idleSeconds = 120;
/** tus sends a photo in one request; the upload's own limit is checked there. */
const bodyBytesMost = limits.uploadBytes + 1024 * 1024;

/** The one listener: HTTP goes to the app, `/v1/socket` becomes a connection. */
export function listen(deps: ListenDeps) {
  return Bun.serve<SocketData>({
    hostname: deps.host,
    port: deps.port,
    idleTimeout: 60,
    maxRequestBodySize: bodyBytesMost,
    // Its error page shows the source; `deps.http` answers its own errors, and the handshake's are caught below.
    development: false,
    async fetch(request, server) {
      // It is made from the Host header, which may be anything.
      if (!URL.canParse(request.url))
        return deps.refused(refuse("invalid", { detail: "The Host header is not valid." }));
      if (new URL(request.url).pathname !== "/v1/socket")
        return await deps.http(request, server.requestIP(request)?.address ?? "");
      const data = deps.closedToSockets() ?? (await handshakeSafely(deps, request));
      if (data instanceof Refusal) return deps.refused(data);
      return server.upgrade(request, { data })
        ? undefined
        : deps.refused(refuse("invalid", { detail: "Here only a WebSocket can be opened." }));
    },
    websocket: {
      maxPayloadLength: limits.requestBytes,
      // Compression costs memory for each socket, and lets a small frame become a large one (T29).
      perMessageDeflate: false,
      idleTimeout: idleSeconds,
      sendPings: true,
      open: (socket: Socket) => opened(deps, socket),
      message: (socket: Socket, text) => dispatch(deps, socket, text),
      close: (socket: Socket) => deps.hub.remove(socket),
    },
  });
}

async function handshakeSafely(deps: ListenDeps, request: Request): Promise<SocketData | Refusal> {
  try {
    return await handshake(deps, request);
  } catch (error) {
    deps.onError(error, "handshake");
    return refusalFor(error);
  }
}

function opened(deps: ListenDeps, socket: Socket): void {
  if (!speaks(socket.data.version)) return socket.close(closeCodes.version, "version");
  const watched = deps.hub.add(socket);
  if (watched) void watched.then(() => welcome(deps, socket));
  else welcome(deps, socket);
}

/** Says hello once every hint will come: what the client asks for then misses nothing. */
function welcome(deps: ListenDeps, socket: Socket): void {
  const { personId, sessionId, version } = socket.data;
  const now = new Date().toISOString();
  send(socket, JSON.stringify({ hello: { version, personId, sessionId, epoch: deps.epoch, now } }));
  void closeIfOver(deps, socket);
}

/** A session that ended after the handshake looked, and before the hub knew this socket, was told to nobody here (T5). */
async function closeIfOver({ sessionLives, onError }: ListenDeps, socket: Socket): Promise<void> {
  try {
    if (!(await sessionLives(socket.data))) socket.close(closeCodes.sessionOver, "session over");
  } catch (error) {
    onError(error, socket.data.connectionId);
    socket.close(closeCodes.goingAway, "going away");
  }
}
