import type { CommandInput } from "@sotto/protocol/commands.ts";
import type { Message } from "@sotto/protocol/types.ts";
import type { TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, must, type Somebody } from "./api-kit.ts";

export type Server = Pick<TestServer, "url" | "database">;

let sent = 0;

export async function twoFriends({ database }: Server): Promise<[Somebody, Somebody]> {
  const two = await addTwo(database);
  await befriendAll(database.sql, [two]);
  return two;
}

/** A message that the index follows within a moment. */
export async function say({ url }: Server, from: Somebody, to: Somebody, text: string): Promise<Message> {
  sent += 1;
  const { message } = await must(url, from, "messages.sendToPerson", {
    personId: to.id,
    clientId: `said-${sent}`,
    text,
  });
  return message;
}

/** What the person finds once the index has everything, newest first. */
export async function find(
  server: Server,
  who: Somebody,
  input: CommandInput<"messages.search">,
): Promise<{ texts: string[]; ids: string[]; marked: string[] }> {
  await indexed(server);
  const { items } = await must(server.url, who, "messages.search", input);
  return {
    texts: items.map((item) => item.message.text),
    ids: items.map((item) => item.message.id),
    marked: items.flatMap(({ snippet }) => snippet.ranges.map(([start, end]) => snippet.text.slice(start, end))),
  };
}

/** The index is behind the commits by a moment. */
export async function indexed({ database: { sql } }: Pick<Server, "database">): Promise<void> {
  for (let round = 0; round < 600; round += 1) {
    const [row] = await sql`
      select exists (select 1 from conversations c where c.last_seq > coalesce(
        (select p.indexed_seq from search_progress p where p.conversation_id = c.id), 0)) as behind,
        exists (select 1 from search_state where complete) as complete`;
    if (row.behind === false && row.complete === true) return;
    await Bun.sleep(20);
  }
  throw new Error("the search index did not follow");
}

/** Every term that stands in the index for a message. */
export async function termsInIndex(
  { database: { sql } }: Pick<Server, "database">,
  message: Message,
): Promise<string[]> {
  const rows: { term: string }[] = await sql`
    select distinct term from search_terms where conversation_id = ${message.conversationId} and seq = ${message.seq} order by 1`;
  return rows.map((row) => row.term);
}
