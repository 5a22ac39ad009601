import { clientFrame } from "@sotto/protocol/frames.ts";
import { closeCodes } from "@sotto/protocol/close-codes.ts";
import { limits } from "@sotto/protocol/limits.ts";
import { encode } from "../encoded.ts";
import { Refusal, refusalFor, refuse, toProblem } from "../errors.ts";
import type { Execute } from "../execute.ts";
import type { Caller } from "../handler.ts";
import { plainFrame } from "../plain-input.ts";
import { counts } from "../telemetry/counts.ts";
import { send } from "./outgoing.ts";
import type { Socket, SocketData } from "./socket.ts";

export interface DispatchDeps {
  execute: Execute;
  onError: (error: unknown, requestId: string) => void;
}

/** One frame from a client: parse → execute → answer. Answers carry the frame's id, in the order in which they are ready. */
export function dispatch(deps: DispatchDeps, socket: Socket, text: string | Buffer): void {
  const frame = parse(text);
  counts.framesIn += 1;
  if (!frame) return refuseFrame(socket);
  const { data } = socket;
  if (data.outstanding >= limits.outstandingCommands) {
    answer(
      socket,
      frame.id,
      refuse("rate_limited", { detail: `At most ${limits.outstandingCommands} commands at a time.` }),
      data.connectionId,
    );
    return;
  }
  data.outstanding += 1;
  const caller = new SocketCaller(data);
  const finish = (output: unknown) => {
    data.outstanding -= 1;
    if (output instanceof Refusal) answer(socket, frame.id, output, caller.requestId);
    else send(socket, `{"id":${frame.id},"ok":${encode(output)}}`);
  };
  deps.execute(frame.command, frame.input, caller).then(finish, (error: unknown) => {
    deps.onError(error, caller.requestId);
    finish(refusalFor(error));
  });
}

/** Who asks, over a socket. A request gets its id when somebody asks for it: most never need one. */
class SocketCaller implements Caller {
  readonly personId: string;
  readonly sessionId: string;
  readonly connectionId: string;
  #requestId = "";

  constructor({ personId, sessionId, connectionId }: SocketData) {
    this.personId = personId;
    this.sessionId = sessionId;
    this.connectionId = connectionId;
  }

  get requestId(): string {
    return (this.#requestId ||= Bun.randomUUIDv7());
  }
}

function parse(text: string | Buffer) {
  if (typeof text !== "string") return null;
  try {
    const value: unknown = JSON.parse(text);
    const plain = plainFrame(value);
    if (plain) return plain;
    const parsed = clientFrame.safeParse(value);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function answer(socket: Socket, id: number, refusal: Refusal, requestId: string): void {
  send(socket, JSON.stringify({ id, error: toProblem(refusal, requestId) }));
}

/** A frame that cannot be read has no id to answer to. Some may be a bug; many are an attack. */
function refuseFrame(socket: Socket): void {
  socket.data.malformed += 1;
  counts.malformedFrames += 1;
  if (socket.data.malformed > limits.malformedFrames) return socket.close(closeCodes.malformed, "malformed frames");
  const problem = toProblem(refuse("invalid", { detail: "This frame is not valid." }), Bun.randomUUIDv7());
  send(socket, JSON.stringify({ id: null, error: problem }));
}
