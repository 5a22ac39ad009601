import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import { doneWhenGone, httpOnly, type Call } from "./call.ts";
import type { Connection } from "./connection.ts";
import { toSottoError } from "./error.ts";
import type { Http } from "./http.ts";
import { SocketLost } from "./socket-calls.ts";

/**
 * The socket where it is open. A lost answer is asked for again over HTTP: every socket command is safe to repeat. What sets the
 * same thing waits for the one before: the server may do in any order what it is told at once, and the last one counts.
 */
export function routeBy(options: { line: Pick<Connection, "call">; http: Http }): Call {
  const { line, http } = options;
  const lanes = new Map<string, Promise<unknown>>();
  const route: Call = async <N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>> => {
    const overSocket = httpOnly.has(name) ? undefined : line.call(name, input);
    if (!overSocket) return http.call(name, input);
    try {
      return (await overSocket) as CommandOutput<N>;
    } catch (error) {
      if (!(error instanceof SocketLost)) throw error;
    }
    return http.call(name, input).catch((error: unknown) => {
      if (doneWhenGone.has(name) && toSottoError(error).code === "not_found") return {} as CommandOutput<N>;
      throw error;
    });
  };
  return (name, input) => {
    if (!setting.has(name)) return route(name, input);
    const lane = subjectOf(input);
    const answer = (lanes.get(lane) ?? Promise.resolve()).then(() => route(name, input));
    const settled: Promise<unknown> = answer
      .catch(() => undefined)
      .then(() => lanes.get(lane) === settled && lanes.delete(lane));
    lanes.set(lane, settled);
    return answer;
  };
}

const setting: ReadonlySet<CommandName> = new Set<CommandName>([
  "settings.update",
  "me.update",
  "follows.follow",
  "follows.unfollow",
  "blocks.block",
  "blocks.unblock",
  "conversations.setDisappearing",
]);

/** The person or the conversation that something is set for; of myself neither. */
function subjectOf(input: object): string {
  if ("personId" in input) return String(input.personId);
  return "conversationId" in input ? String(input.conversationId) : "";
}
