import { commands } from "@sotto/protocol/commands.ts";
import type { Command } from "commander";
import { hashPassword } from "../auth/passwords.ts";
import { newToken } from "../auth/tokens.ts";
import { insertPerson } from "../people/store.ts";
import { misused, refused } from "./cli-error.ts";
import type { Terminal } from "./terminal.ts";
import { configFrom, noSuchPerson, withDatabase } from "./session.ts";
import { setAdministrator } from "./store.ts";

export function addPersonCommands(program: Command, terminal: Terminal): void {
  const person = program.command("person").description("Make people.");
  withNewPerson(person.command("create"))
    .description("Make a person who can sign in.")
    .addHelpText(
      "after",
      `
Works with the server running or not. Without --password-stdin a password is made and printed, once.

Examples:
  $ npm run sotto -- person create --username ines --name "Inês Duarte"
  $ echo "$PASSWORD" | npm run sotto -- person create --username ines --password-stdin`,
    )
    .action((options: NewPersonOptions) => create(terminal, { ...options, administrator: false }));

  const admin = program.command("admin").description("Make and unmake administrators.");
  withNewPerson(admin.command("create"))
    .description("Make a person who is an administrator.")
    .addHelpText(
      "after",
      `
An administrator is always made here, never by being the first to sign up.

Example:
  $ npm run sotto -- admin create --username root.of.all --name "Club office"`,
    )
    .action((options: NewPersonOptions) => create(terminal, { ...options, administrator: true }));
  for (const [name, administrator] of [
    ["grant", true],
    ["revoke", false],
  ] as const) {
    admin
      .command(name)
      .description(
        administrator ? "Make an existing person an administrator." : "Make an administrator an ordinary person.",
      )
      .requiredOption("--username <name>", "who")
      .addHelpText("after", `\nExample:\n  $ npm run sotto -- admin ${name} --username ines`)
      .action(({ username }: { username: string }) => change(terminal, { username, administrator }));
  }
}

interface NewPersonOptions {
  username: string;
  name?: string;
  passwordStdin?: true;
}

function withNewPerson(command: Command): Command {
  return command
    .requiredOption("--username <name>", "lower-case letters, digits, dots and underscores")
    .option("--name <name>", "the name that others see (default: the username)")
    .option("--password-stdin", "read the password from standard input, one line");
}

async function create(terminal: Terminal, options: NewPersonOptions & { administrator: boolean }): Promise<void> {
  const config = configFrom(terminal.env);
  const given = options.passwordStdin ? (await terminal.readStdin()).replace(/\r?\n$/, "") : undefined;
  const { username, name, password } = checked({ ...options, password: given ?? newToken().slice(0, 20) });
  const { administrator } = options;
  const id = await withDatabase(config, async ({ sql }) => {
    const passwordHash = await hashPassword(password);
    const whoMayMessage = config.defaultWhoMayMessage;
    return insertPerson(sql, { username, name: name?.trim() || username, passwordHash, whoMayMessage, administrator });
  });
  if (id === null) throw refused("username_taken", `@${username} is taken.`);
  const what = administrator ? "Administrator" : "Person";
  const secret = given === undefined ? { password } : {};
  const words = given === undefined ? `\nPassword: ${password} (shown once)` : "";
  terminal.output.result(`${what} @${username} is made.${words}`, { id, username, administrator, ...secret });
}

/** By the same schema as over the API. */
function checked(options: { username: string; name?: string; password: string }) {
  const { username, name, password } = options;
  const parsed = commands["auth.signUp"].input.safeParse({ username, password, ...(name !== undefined && { name }) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw misused(`${issue?.path.join(".") || "input"}: ${issue?.message ?? "not valid"}`);
}

async function change(terminal: Terminal, options: { username: string; administrator: boolean }): Promise<void> {
  const username = options.username.toLowerCase().replace(/^@/, "");
  const { administrator } = options;
  const found = await withDatabase(configFrom(terminal.env), ({ sql }) =>
    setAdministrator(sql, { username, administrator }),
  );
  if (!found) throw noSuchPerson(username);
  terminal.output.result(`@${username} is ${administrator ? "now an administrator" : "no longer an administrator"}.`, {
    username,
    administrator,
  });
}
