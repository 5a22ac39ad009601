import { limits } from "@sotto/protocol/limits.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import { refuse } from "./errors.ts";
import type { InTurn } from "./execute.ts";

/**
 * One person's commands take turns: a few are under way, the others wait in their order, and past a limit they are told to
 * come back (T29). Without it one person's twenty sockets held every connection to the database: what others sent took
 * 240 ms (median) instead of 4.
 *
 * What waits is parsed: 128 kB of `{},{},…` are 3 MB as objects, and hundreds of them waited to be refused.
 *
 * Sends wait in their own queue, which shares one commit among everybody; who has not signed in has no person.
 */
export function personTurns(): InTurn {
  const people = new Map<string, Turns>();
  return (name, { personId }, work) => {
    if (personId === "" || queued.has(name)) return work();
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
      const output = work();
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
