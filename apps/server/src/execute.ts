import { commands } from "@sotto/protocol/commands.ts";
import type { Command } from "@sotto/protocol/command.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { ZodError } from "zod";
import { Refusal, refuse } from "./errors.ts";
import type { Caller, Handler, Handlers } from "./handler.ts";
import type { Limit, LimitName } from "./limits.ts";

/** One command, whichever way it came: parse → limit → handle. An expected refusal is returned. */
export type Execute = (name: CommandName, input: unknown, caller: Caller, limitKey?: string) => Promise<unknown>;

/** Every command of the contract has exactly one handler; a missing one stops the start. */
export function executor(features: readonly Handlers[], limit: Limit): Execute {
  const handlers = new Map<string, Handler<CommandName>>();
  for (const feature of features) {
    for (const [name, handler] of Object.entries(feature)) {
      if (handlers.has(name)) throw new Error(`two handlers for ${name}`);
      // The parsed input's type belongs to the name; the map is the one place where that link is lost.
      handlers.set(name, handler as Handler<CommandName>);
    }
  }
  return async (name, input, caller, limitKey = caller.personId) => {
    const command: Command = commands[name];
    const handler = handlers.get(name);
    if (!handler) throw new Error(`no handler for ${name}`);
    const parsed = command.input.safeParse(input);
    if (!parsed.success) return invalid(parsed.error);
    // A send's limit comes after its replay (R13), so `messages/` asks for it.
    if (command.limit !== undefined && command.limit !== "send") {
      const refused = await limit(command.limit as LimitName, limitKey);
      if (refused) return refused;
    }
    const output = await handler(parsed.data as Parameters<typeof handler>[0], caller);
    // Whoever has to think of another name is not signing up often.
    if (output instanceof Refusal && output.code === "username_taken") await limit.giveBack("signUp", limitKey);
    return output;
  };
}

const echoedChars = 200;

/** The first thing that is wrong, and where. */
function invalid(error: ZodError): Refusal {
  const issue = error.issues[0];
  const pointer = `/${(issue?.path ?? []).map(String).join("/")}`.slice(0, echoedChars);
  // It may name the client's own keys: those are not sent back in full.
  return refuse("invalid", { detail: (issue?.message ?? "The request is not valid.").slice(0, echoedChars), pointer });
}
