import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import { doneWhenGone, httpOnly, type Call } from "./call.ts";
import type { Connection } from "./connection.ts";
import { toSottoError } from "./error.ts";
import type { Http } from "./http.ts";
import { SocketLost } from "./socket-calls.ts";

/** The socket where it is open. A lost answer is asked for again over HTTP: every socket command is safe to repeat. */
export function routeBy(options: { line: Pick<Connection, "call">; http: Http }): Call {
  const { line, http } = options;
  return async <N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>> => {
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
}
