import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { Conversation, Media, Message } from "@sotto/protocol/types.ts";

/** What the export reads: the commands of the contract, asked as the person whose export it is, and photos as they see them. */
export interface ExportReader {
  ask: <N extends CommandName>(name: N, input: CommandInput<N>) => Promise<CommandOutput<N>>;
  /** The original; null when nothing shows it any more. */
  photo: (mediaId: string) => Promise<ReadableStream<Uint8Array> | null>;
}

type Page<T> = { items: readonly T[]; next: string | null };
export type ZipFile = { name: string; input: AsyncIterable<string> | ReadableStream<Uint8Array> | string };

/** The longest page there is: an export reads everything. */
const limit = limits.pageMax;

const readme = `Everything of yours, as JSON, and the photos of your conversations.

account.json         profile, settings, e-mail address, devices, whom you follow, who follows you, whom you blocked
conversations/       a folder for each: conversation.json (with your draft) and messages.json, oldest first
photos/              by their ids, as messages.json names them; metadata such as places was removed when they were uploaded

Messages that were unsent, that disappeared or that you deleted for yourself are not in here.
`;

/** One file after the other, each read when its turn comes: of what was written only the names of photos are kept (some 100 bytes each). */
export async function* exportFiles(reader: ExportReader): AsyncGenerator<ZipFile> {
  yield { name: "README.txt", input: readme };
  yield { name: "account.json", input: await accountJson(reader) };
  const photos = new Map<string, string>();
  for (const folder of ["inbox", "archived", "requests"] as const) {
    const pages = everyPage((page) => reader.ask("conversations.list", { folder, limit, ...page }));
    for await (const conversation of pages) {
      const { lastMessage: _, ...about } = conversation;
      const at = `conversations/${folderName(conversation)}`;
      yield { name: `${at}/conversation.json`, input: JSON.stringify(about, null, 2) };
      yield { name: `${at}/messages.json`, input: messagesJson(reader, conversation.id, photos) };
    }
  }
  for (const [mediaId, name] of photos) {
    const input = await reader.photo(mediaId);
    if (input) yield { name: `photos/${name}`, input };
  }
}

async function accountJson({ ask }: ExportReader): Promise<string> {
  const me = await ask("me.get", {});
  const personId = me.id;
  const account = {
    ...me,
    sessions: (await ask("sessions.list", {})).items,
    follows: await Array.fromAsync(everyPage((page) => ask("people.following", { personId, limit, ...page }))),
    followedBy: await Array.fromAsync(everyPage((page) => ask("people.followers", { personId, limit, ...page }))),
    blocked: await Array.fromAsync(everyPage((page) => ask("blocks.list", { limit, ...page }))),
  };
  return JSON.stringify(account, null, 2);
}

/** A JSON array, written while it is read. `photos` learns what the messages show: names by ids. */
async function* messagesJson(
  { ask }: ExportReader,
  conversationId: string,
  photos: Map<string, string>,
): AsyncGenerator<string> {
  let after = 0;
  let first = true;
  yield "[";
  for (;;) {
    const { items } = await ask("messages.list", { conversationId, after, limit });
    for (const message of items) {
      for (const media of message.media) photos.set(media.id, photoName(media));
      yield `${first ? "\n" : ",\n"}${JSON.stringify(toExported(message))}`;
      first = false;
    }
    const last = items.at(-1);
    if (!last) break;
    after = last.seq;
  }
  yield "\n]\n";
}

/** Addresses that are good with a session alone become the names of files. */
function toExported({ media, ...message }: Message) {
  const photos = media.map((one) => ({ file: `photos/${photoName(one)}`, width: one.width, height: one.height }));
  return { ...message, photos };
}

function photoName({ id, renditions }: Media): string {
  return `${id}.${renditions.original.mimeType.slice("image/".length).replace("jpeg", "jpg")}`;
}

/** Readable, and different for each: names may be the same, and may hold what no file system takes. */
function folderName({ id, people, kind }: Conversation): string {
  const [other] = people;
  const name = kind === "group" ? "group" : (other?.username ?? "nobody");
  return `${name.replaceAll(/[^a-z0-9._-]/g, "_")}-${id.slice(0, 18)}`;
}

async function* everyPage<T>(read: (page: { cursor?: string }) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | null = null;
  do {
    const page: Page<T> = await read(cursor === null ? {} : { cursor });
    yield* page.items;
    cursor = page.next;
  } while (cursor !== null);
}
