import { basename } from "node:path";
import { limits } from "@sotto/protocol/limits.ts";
import type { Message } from "@sotto/protocol/types.ts";
import { newClientId } from "@sotto/sdk/client-id.ts";
import type { Sotto } from "@sotto/sdk/interface.ts";
import type { Command } from "commander";
import { misused } from "./cli-error.ts";
import { asPerson, configFrom } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export function addSendCommand(program: Command, terminal: Terminal): void {
  program
    .command("send")
    .description("Send a message, with or without a photo, as somebody.")
    .requiredOption("--from <username>", "who sends")
    .requiredOption("--to <username>", "who receives")
    .option("--text <text>", "the message, or the photo's caption", "")
    .option("--photo <file>", "a photo to send")
    .option("--client-id <id>", "repeat with the same id, and it is sent once (R13)")
    .option("--url <url>", "the server, where it is not this machine's")
    .addHelpText(
      "after",
      `
Goes through the API of the running server, with every rule and limit of it: the receiver's setting decides.
A photo loses its location and device data on the way in, whoever sends it.

Examples:
  $ npm run sotto -- send --from ines --to tom --text "Light was gone by five."
  $ npm run sotto -- send --from ines --to tom --photo ./harbour.jpg --text "The harbour, at last"`,
    )
    .action((options: SendOptions) => send(terminal, options));
}

interface SendOptions {
  from: string;
  to: string;
  text: string;
  photo?: string;
  clientId?: string;
  url?: string;
}

async function send(terminal: Terminal, options: SendOptions): Promise<void> {
  const { from, to, text, url } = options;
  if (text.trim() === "" && options.photo === undefined) throw misused("A message needs --text or --photo.");
  const file = options.photo === undefined ? undefined : await readPhoto(options.photo);
  const { message, conversation } = await asPerson(
    { config: configFrom(terminal.env), username: from, url },
    async (sotto) => {
      const receiver = await sotto.call("people.getByUsername", { username: to.toLowerCase().replace(/^@/, "") });
      const mediaIds = file ? [await upload(terminal, sotto, file)] : [];
      const clientId = options.clientId ?? newClientId();
      const sent = await sotto.call("messages.sendToPerson", { personId: receiver.id, clientId, text, mediaIds });
      return { ...sent, conversation: { ...sent.conversation, ...(await readBefore(sotto, sent.message)) } };
    },
  );
  const how = conversation.state === "request_sent" ? " It waits as a request until it is accepted." : "";
  const what = file ? "Photo" : "Message";
  terminal.output.result(`${what} ${message.seq} sent from @${from} to @${to}.${how}`, { message, conversation });
}

/** Who writes in the app has the conversation before their eyes: what came before is read. */
async function readBefore(sotto: Sotto, { conversationId, seq }: Message) {
  if (seq <= 1) return {};
  // The message is sent, whatever becomes of the marker: a failure here must not read as if it were not.
  return await sotto.call("conversations.markRead", { conversationId, seq: seq - 1 }).catch(() => ({}));
}

async function readPhoto(path: string): Promise<File> {
  const file = Bun.file(path);
  if (!(await file.exists())) throw misused(`There is no file ${path}.`);
  if (file.size > limits.uploadBytes)
    throw misused(`${path} has ${file.size} bytes; a photo may have ${limits.uploadBytes}.`);
  // Its name alone: where it lies on this machine is nobody's business.
  return new File([await file.arrayBuffer()], basename(path));
}

async function upload(terminal: Terminal, sotto: Sotto, file: File): Promise<string> {
  const progress = terminal.output.progress(file.name);
  try {
    return await sotto.upload(file, { onProgress: (done, all) => progress.update(done, all) });
  } finally {
    progress.end();
  }
}
