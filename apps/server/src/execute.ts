import { commands } from "@sotto/protocol/commands.ts";
import type { Command } from "@sotto/protocol/command.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { ZodError } from "zod";
import { Refusal, refuse } from "./errors.ts";
import type { Caller, Handler, Handlers } from "./handler.ts";
import type { Limit, LimitName } from "./limits.ts";
import { plainSend } from "./plain-input.ts";

/** One command, whichever way it came: parse → wait for a turn → limit → handle. An expected refusal is returned. */
export type Execute = (name: CommandName, input: unknown, caller: Caller, limitKey?: string) => Promise<unknown>;

/** When the work of a command begins: `person-turns.ts`. */
export type InTurn = (
  name: CommandName,
  caller: Pick<Caller, "personId">,
  work: () => Promise<unknown>,
) => Promise<unknown>;

/** Every command of the contract has exactly one handler; a missing one stops the start. */
export function executor(features: readonly Handlers[], limit: Limit, inTurn: InTurn): Execute {
  const handlers = new Map<string, Handler<CommandName>>();
  for (const feature of features) {
    for (const [name, handler] of Object.entries(feature)) {
      if (handlers.has(name)) throw new Error(`two handlers for ${name}`);
      // The parsed input's type belongs to the name; the map is the one place where that link is lost.
      handlers.set(name, handler as Handler<CommandName>);
    }
  }
  return (name, input, caller, limitKey = caller.personId) => {
    const handler = handlers.get(name);
    if (!handler) return Promise.reject(new Error(`no handler for ${name}`));
    const command: Command = commands[name];
    const parsed = parseInput(command, input);
    if (parsed instanceof Refusal) return Promise.resolve(parsed);
    const work = () => handler(parsed, caller);
    // A send's limit comes after its replay (R13), so `messages/` asks for it.
    if (command.limit === undefined || command.limit === "send") return inTurn(name, caller, work);
    const counted = { name: command.limit as LimitName, key: limitKey };
    return inTurn(name, caller, () => limited(limit, counted, work));
  };
}

type Parsed = Parameters<Handler<CommandName>>[0];

function parseInput(command: Command, input: unknown): Parsed | Refusal {
  const plain = command.name === "messages.send" ? plainSend(input) : null;
  if (plain) return plain;
  const parsed = command.input.safeParse(input);
  return parsed.success ? (parsed.data as Parsed) : invalid(parsed.error);
}

async function limited(
  limit: Limit,
  { name, key }: { name: LimitName; key: string },
  work: () => Promise<unknown>,
): Promise<unknown> {
  const refused = await limit(name, key);
  if (refused) return refused;
  const takenAtMs = performance.now();
  const output = await work();
  if (countsNot(name, output)) await limit.giveBack(name, key, takenAtMs);
  return output;
}

/** Whoever has to think of another name is not signing up often, and whoever knows the password does not guess. */
function countsNot(name: LimitName, output: unknown): boolean {
  if (name === "signIn") return !(output instanceof Refusal);
  return name === "signUp" && output instanceof Refusal && output.code === "username_taken";
}

const echoedChars = 200;

/** The first thing that is wrong, and where. */
function invalid(error: ZodError): Refusal {
  const issue = error.issues[0];
  const pointer = `/${(issue?.path ?? []).map(String).join("/")}`.slice(0, echoedChars);
  // It may name the client's own keys: those are not sent back in full.
  return refuse("invalid", { detail: (issue?.message ?? "The request is not valid.").slice(0, echoedChars), pointer });
}
