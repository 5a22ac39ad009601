import type { Message } from "@sotto/protocol/types.ts";
import type { TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, must, type Somebody, type TestSocket } from "./api-kit.ts";

/** Two friends in their conversation, with one message of the first. */
export interface Chat {
  one: Somebody;
  other: Somebody;
  conversationId: string;
  first: Message;
}

let clientIds = 0;

export function newClientId(): string {
  clientIds += 1;
  return `m${clientIds}-${process.pid}`;
}

export async function makeChat({ url, database }: Pick<TestServer, "url" | "database">, text = "first"): Promise<Chat> {
  const [one, other] = await addTwo(database);
  await befriendAll(database.sql, [[one, other]]);
  const { message } = await must(url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: newClientId(),
    text,
  });
  return { one, other, conversationId: message.conversationId, first: message };
}

export async function say(
  url: string,
  who: Somebody,
  conversationId: string,
  more: { text?: string; mediaIds?: string[]; replyToId?: string; mentionIds?: string[]; noForward?: boolean } = {},
): Promise<Message> {
  return await must(url, who, "messages.send", { conversationId, clientId: newClientId(), text: "said", ...more });
}

/** Messages that this socket was told of, new or changed, of one conversation. */
export function toldOf(socket: TestSocket, conversationId: string): Message[] {
  return socket.events.flatMap((event) =>
    (event.event === "message" || event.event === "message.changed") && event.message.conversationId === conversationId
      ? [event.message]
      : [],
  );
}

/** Every message of a conversation by its id, as a fresh pull of its changes shows it to one person. */
export async function pullAll(url: string, who: Somebody, conversationId: string): Promise<Map<string, Message>> {
  const found = new Map<string, Message>();
  for (let after = 0; ;) {
    const { items, change, hasMore } = await must(url, who, "messages.changes", { conversationId, after });
    for (const item of items) found.set(item.id, item);
    after = change;
    if (!hasMore) return found;
  }
}
