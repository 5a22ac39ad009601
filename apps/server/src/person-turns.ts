import { limits } from "@sotto/protocol/limits.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import { refuse } from "./errors.ts";
import type { Execute } from "./execute.ts";

/**
 * One person's commands take turns: a few are under way, the others wait in their order, and past a limit they are told to
 * come back (T29). Without it one person's twenty sockets held every connection to the database: what others sent took
 * 240 ms (median) instead of 4.
 *
 * Sends wait in their own queue, which shares one commit among everybody; who has not signed in has no person.
 */
export function inTurns(execute: Execute): Execute {
  const people = new Map<string, Turns>();
  return (name, input, caller, limitKey) => {
    const { personId } = caller;
    if (personId === "" || queued.has(name)) return execute(name, input, caller, limitKey);
    const turns = people.get(personId) ?? { underWay: 0, waiting: [] };
    if (turns.underWay >= limits.commandsPerPerson && turns.waiting.length >= limits.waitingCommandsPerPerson)
      return Promise.resolve(refuse("rate_limited", { detail: "Too many commands of yours are waiting already." }));
    people.set(personId, turns);
    const leave = () => {
      const next = turns.waiting.shift();
      if (next) return next();
      turns.underWay -= 1;
      if (turns.underWay === 0) people.delete(personId);
    };
    const run = () => {
      const output = execute(name, input, caller, limitKey);
      output.then(leave, leave);
      return output;
    };
    if (turns.underWay < limits.commandsPerPerson) {
      turns.underWay += 1;
      return run();
    }
    return new Promise<void>((resolve) => turns.waiting.push(resolve)).then(run);
  };
}

const queued: ReadonlySet<CommandName> = new Set<CommandName>(["messages.send"]);

interface Turns {
  underWay: number;
  /** Each takes over the place of one that is done. */
  waiting: (() => void)[];
}
