import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { Refusal } from "./errors.ts";

/** Who asks: known from the session, never from the input. */
export interface Caller {
  personId: string;
  sessionId: string;
  /** The socket it came over, which needs no event of its own doing. */
  connectionId?: string | undefined;
  requestId: string;
}

/** One command's work. The input is parsed; an expected refusal is returned. */
export type Handler<N extends CommandName> = (
  input: CommandParsed<N>,
  caller: Caller,
) => Promise<CommandOutput<N> | Refusal>;

/** What a feature offers to `app.ts`: its commands by name. */
export type Handlers = { [N in CommandName]?: Handler<N> };
