import type { Conversation } from "@sotto/protocol/types.ts";
import { limits } from "@sotto/protocol/limits.ts";
import { Option, type Command } from "commander";
import { misused } from "./cli-error.ts";
import { asPerson, configFrom } from "./session.ts";
import type { Terminal } from "./terminal.ts";

const shownChars = 60;
const folders = ["inbox", "requests", "archived"] as const;

export function addConversationsCommand(program: Command, terminal: Terminal): void {
  program
    .command("conversations")
    .description("List somebody's conversations, newest first.")
    .requiredOption("--as <username>", "whose")
    .addOption(new Option("--folder <folder>", "which ones").choices(folders).default("inbox"))
    .option("--limit <number>", `at most this many, up to ${limits.pageMax}`, "20")
    .option("--url <url>", "the server, where it is not this machine's")
    .addHelpText(
      "after",
      `
Examples:
  $ npm run sotto -- conversations --as ines
  $ npm run --silent sotto -- conversations --as ines --folder requests --json | jq '.items[].people[0].username'`,
    )
    .action((options: ListOptions) => list(terminal, options));
}

interface ListOptions {
  as: string;
  folder: (typeof folders)[number];
  limit: string;
  url?: string;
}

async function list(terminal: Terminal, options: ListOptions): Promise<void> {
  const { folder, url } = options;
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.pageMax) {
    throw misused(`--limit needs a whole number from 1 to ${limits.pageMax}, and is "${options.limit}".`);
  }
  const page = await asPerson({ config: configFrom(terminal.env), username: options.as, url }, (sotto) =>
    sotto.call("conversations.list", { folder, limit }),
  );
  const lines = table(page.items);
  const more = page.next === null ? [] : ["… and more: raise --limit."];
  const words = lines.length === 0 ? `@${options.as} has nothing in ${folder}.` : [...lines, ...more].join("\n");
  terminal.output.result(words, page);
}

/** `3 new   Tom Arden (@tom)   [photo] "The harbour, at last"   2026-11-22 18:04   <id>`, in columns. */
function table(conversations: readonly Conversation[]): string[] {
  const rows = conversations.map(cells);
  // As wide as a terminal shows them. The last column needs no padding.
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => Bun.stringWidth(row[column] ?? ""))));
  const pad = (cell: string, column: number) =>
    cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - Bun.stringWidth(cell)));
  return rows.map((row) => row.map(pad).join("  "));
}

function cells({ people, unread, lastMessage, activityAt, pinned, id }: Conversation): string[] {
  const who = people.map((one) => `${one.name} (@${one.username})`).join(", ");
  const count = unread >= limits.unreadCap ? "99+ new" : unread > 0 ? `${unread} new` : "";
  const at = activityAt.slice(0, 16).replace("T", " ");
  return [count, pinned ? `${who}, pinned` : who, shown(lastMessage), at, id];
}

function shown(message: Conversation["lastMessage"]): string {
  if (!message) return "(empty)";
  if (message.unsentAt !== null) return "(unsent)";
  const words = message.text.replace(/\s+/g, " ");
  const text = words.length > shownChars ? `${words.slice(0, shownChars)}…` : words;
  const photo = message.media.length > 0 ? "[photo] " : "";
  return `${photo}${text === "" ? "" : JSON.stringify(text)}`.trim();
}
