import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";

/** Any command of the contract, by whatever way is open. Throws `SottoError`. */
export type Call = <N extends CommandName>(name: N, input: CommandInput<N>) => Promise<CommandOutput<N>>;

/** These set cookies, mint tickets or take passwords, and are not on the socket. A test compares the list with the contract. */
export const httpOnly: ReadonlySet<CommandName> = new Set<CommandName>([
  "auth.signUp",
  "auth.signIn",
  "auth.signOut",
  "auth.changePassword",
  "auth.recover",
  "auth.requestRecovery",
  "me.delete",
  "me.removeEmail",
  "me.setEmail",
  "me.verifyEmail",
  "socketTickets.create",
]);

/** Repeated after a lost answer, these find nothing: their work is done. */
export const doneWhenGone: ReadonlySet<CommandName> = new Set<CommandName>([
  "sessions.revoke",
  "media.remove",
  "requests.decline",
  "conversations.leave",
]);

/** Their answer may come after the session's end: they are what ends it. */
export const endsSession: ReadonlySet<CommandName> = new Set<CommandName>(["auth.signOut", "me.delete"]);
