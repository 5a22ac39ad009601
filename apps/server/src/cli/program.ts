import { Command, CommanderError } from "commander";
import { exitCodes, toCliError } from "./cli-error.ts";
import { addBackupCommand } from "./backup-command.ts";
import { addConfigCommand } from "./config-command.ts";
import { addConversationsCommand } from "./conversations-command.ts";
import { addDemoCommand } from "./demo-command.ts";
import { addDoctorCommand } from "./doctor-command.ts";
import { createOutput } from "./output.ts";
import { addPersonCommands } from "./person-commands.ts";
import { addRestoreCommand } from "./restore-command.ts";
import { addSendCommand } from "./send-command.ts";
import type { Environment } from "./session.ts";

export interface Streams {
  env: Environment;
  stdout: Parameters<typeof createOutput>[0]["stdout"];
  stderr: Parameters<typeof createOutput>[0]["stderr"];
  readStdin: () => Promise<string>;
}

/** Runs one command line and returns its exit code; nothing is thrown. */
export async function run(words: readonly string[], streams: Streams): Promise<number> {
  const output = createOutput({ ...streams, json: words.includes("--json") });
  try {
    await programFor({ ...streams, output }).parseAsync(words, { from: "user" });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const ended = toCliError(error);
    output.error(ended);
    return ended.exitCode;
  }
}

function programFor(terminal: Streams & { output: ReturnType<typeof createOutput> }): Command {
  const program = new Command("npm run sotto --")
    .description("Look after a Sotto server from the command line, and act as its people.")
    .usage("<command> [options]")
    .addHelpText("after", help);
  addPersonCommands(program, terminal);
  addSendCommand(program, terminal);
  addConversationsCommand(program, terminal);
  addConfigCommand(program, terminal);
  addBackupCommand(program, terminal);
  addRestoreCommand(program, terminal);
  addDoctorCommand(program, terminal);
  addDemoCommand(program, terminal);
  return forAll(program, terminal);
}

/** What every command has; commander hands its settings down only to commands made later. */
function forAll(command: Command, { stdout, stderr }: Streams): Command {
  command
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError("(add --help for examples)");
  if (command.commands.length === 0) command.option("--json", "print one line of JSON, errors too");
  for (const one of command.commands) forAll(one, { stdout, stderr, env: {}, readStdin: async () => "" });
  return command;
}

const help = `
Every command reads the same variables as \`npm start\` (SOTTO_DATA, SOTTO_PORT, DATABASE_URL …), and has --help with examples.
Results go to stdout, everything else to stderr. With --json, say \`npm run --silent sotto -- …\`: npm prints a heading otherwise.

Exit codes: 0 done, 1 refused, 2 wrong arguments or configuration, 3 no server there, 70 a bug.

Examples:
  $ npm run sotto -- config check
  $ npm run sotto -- doctor
  $ npm run sotto -- person create --username ines --name "Inês Duarte"
  $ npm run sotto -- send --from ines --to tom --photo ./harbour.jpg --text "The harbour, at last"
  $ npm run sotto -- conversations --as tom
  $ npm run sotto -- admin grant --username ines
  $ npm run sotto -- backup /backups/today --key-file backup.key`;
