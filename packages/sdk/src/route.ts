import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import { doneWhenGone, httpOnly, type Call } from "./call.ts";
import type { Connection } from "./connection.ts";
import { toSottoError } from "./error.ts";
import type { Http } from "./http.ts";
import { SocketLost } from "./socket-calls.ts";

/**
 * The socket where it is open. A lost answer is asked for again over HTTP: every socket command is safe to repeat. Of what I set about
 * myself each waits for the one before: the server may do in any order what it is told at once, and the last one counts.
 */
export function routeBy(options: { line: Pick<Connection, "call">; http: Http }): Call {
  const { line, http } = options;
  let last: Promise<unknown> = Promise.resolve();
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
    if (name !== "settings.update" && name !== "me.update") return route(name, input);
    const answer = last.then(() => route(name, input));
    last = answer.catch(() => undefined);
    return answer;
  };
}
