import { clientFrame } from "@sotto/protocol/frames.ts";
import { closeCodes } from "@sotto/protocol/close-codes.ts";
import { limits } from "@sotto/protocol/limits.ts";
import { encode } from "../encoded.ts";
import { Refusal, refusalFor, refuse, toProblem } from "../errors.ts";
import type { Execute } from "../execute.ts";
import { send } from "./outgoing.ts";
import type { Socket } from "./socket.ts";

export interface DispatchDeps {
  execute: Execute;
  onError: (error: unknown, requestId: string) => void;
}

/** One frame from a client: parse → execute → answer. Answers carry the frame's id, in the order in which they are ready. */
export function dispatch(deps: DispatchDeps, socket: Socket, text: string | Buffer): void {
  const frame = parse(text);
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
  const requestId = Bun.randomUUIDv7();
  const caller = { personId: data.personId, sessionId: data.sessionId, connectionId: data.connectionId, requestId };
  const finish = (output: unknown) => {
    data.outstanding -= 1;
    answer(socket, frame.id, output, requestId);
  };
  deps.execute(frame.command, frame.input, caller).then(finish, (error: unknown) => {
    deps.onError(error, requestId);
    finish(refusalFor(error));
  });
}

function parse(text: string | Buffer) {
  if (typeof text !== "string") return null;
  try {
    const parsed = clientFrame.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function answer(socket: Socket, id: number, output: unknown, requestId: string): void {
  send(
    socket,
    output instanceof Refusal
      ? JSON.stringify({ id, error: toProblem(output, requestId) })
      : `{"id":${id},"ok":${encode(output)}}`,
  );
}

/** A frame that cannot be read has no id to answer to. Some may be a bug; many are an attack. */
function refuseFrame(socket: Socket): void {
  socket.data.malformed += 1;
  if (socket.data.malformed > limits.malformedFrames) return socket.close(closeCodes.malformed, "malformed frames");
  const problem = toProblem(refuse("invalid", { detail: "This frame is not valid." }), Bun.randomUUIDv7());
  send(socket, JSON.stringify({ id: null, error: problem }));
}
