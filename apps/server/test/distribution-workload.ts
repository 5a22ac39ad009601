import { createECDH } from "node:crypto";
import type { Message } from "@sotto/protocol/types.ts";
import type { Database } from "../src/db/connect.ts";
import { addReadyPhotos, befriendAll, must, openSocket, rawRequest, type Somebody } from "./api-kit.ts";
import { makeApiGroup, somePeople } from "./groups-kit.ts";

interface Server {
  url: string;
  database: Database;
}

/** Two friends with a conversation, a third person, a group of the three, and a photo that is ready. */
export interface World {
  ada: Somebody;
  bob: Somebody;
  eve: Somebody;
  first: Message;
  groupId: string;
  mediaId: string;
}

export async function preparePeople(server: Server): Promise<World> {
  const { url, database } = server;
  const [ada, bob, eve] = await somePeople(server, 3);
  await befriendAll(database.sql, [[ada, bob]]);
  const { message } = await must(url, ada, "messages.sendToPerson", { personId: bob.id, clientId: "a1", text: "one" });
  const { id: groupId } = await makeApiGroup(server, [ada, bob, eve]);
  const [mediaId = ""] = await addReadyPhotos(database.sql, [ada.id]);
  return { ada, bob, eve, first: message, groupId, mediaId };
}

/** What a server does all the time, through its API. */
export async function playAllTheTime({ url }: Server, { ada, bob, first, groupId, mediaId }: World): Promise<void> {
  const { conversationId } = first;
  using socket = await openSocket(url, ada);
  await socket.call("messages.send", { conversationId, clientId: "a2", text: "two" });
  await socket.call("messages.send", { conversationId, clientId: "a2", text: "two" });
  await socket.call("messages.send", { conversationId: groupId, clientId: "g1", text: "to all" });
  await must(url, ada, "messages.send", { conversationId, clientId: "photo", mediaIds: [mediaId] });
  // The bytes are not there; whether they may be seen is asked first.
  await rawRequest(url, { method: "GET", path: `/v1/media/${mediaId}/list`, token: bob.token });
  await inboxWritten(url, bob, conversationId);
  await must(url, bob, "sync.pull", {});
  await must(url, bob, "messages.list", { conversationId });
  await must(url, bob, "messages.changes", { conversationId, after: 0 });
  await must(url, bob, "conversations.markRead", { conversationId, seq: 1 });
}

/** The rest of a day. */
export async function playNowAndThen({ url }: Server, world: World): Promise<void> {
  const { ada, bob, eve, first, groupId } = world;
  const { conversationId } = first;
  await must(url, bob, "conversations.list", {});
  await must(url, bob, "conversations.get", { conversationId });
  const asked = { conversationId, messageId: first.id };
  await must(url, bob, "messages.react", { ...asked, emoji: "👍" });
  await must(url, bob, "messages.pin", asked);
  await must(url, bob, "messages.listPinned", { conversationId });
  await must(url, bob, "conversations.listMembers", { conversationId });
  await must(url, bob, "messages.send", { conversationId, clientId: "b1", text: "re", replyToId: first.id });
  await must(url, ada, "messages.edit", { ...asked, text: "one, edited" });
  await must(url, bob, "messages.forward", { ...asked, clientId: "b2", toConversationId: groupId });
  await must(url, bob, "messages.get", asked);
  const { items } = await must(url, bob, "messages.list", { conversationId, around: 2 });
  await must(url, bob, "messages.hide", { conversationId, messageIds: items.slice(1, 2).map(({ id }) => id) });
  await must(url, bob, "messages.listHidden", { conversationId });
  await must(url, ada, "messages.unsend", asked);
  await must(url, bob, "conversations.leave", { conversationId: groupId });
  await must(url, ada, "people.get", { personId: bob.id });
  await must(url, ada, "people.getByUsername", { username: bob.username });
  await must(url, ada, "people.search", { query: "p" });
  await must(url, ada, "people.followers", { personId: bob.id });
  await must(url, ada, "settings.update", { whoMayMessage: "everyone" });
  await must(url, eve, "follows.follow", { personId: ada.id });
  await must(url, eve, "messages.sendToPerson", { personId: ada.id, clientId: "e1", text: "hello" });
  await must(url, ada, "conversations.list", { folder: "requests" });
  await must(url, ada, "blocks.block", { personId: eve.id });
  await must(url, ada, "blocks.list", {});
  const keys = { p256dh: createECDH("prime256v1").generateKeys("base64url"), auth: "A".repeat(22) };
  await must(url, ada, "push.subscribe", { endpoint: "https://push.example.org/send/ada", keys });
}

/** Inbox rows follow the log, outside the commit. */
async function inboxWritten(url: string, who: Somebody, conversationId: string): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const { items } = await must(url, who, "conversations.list", {});
    if (items.some((one) => one.id === conversationId && one.lastSeq >= 3)) return;
    await Bun.sleep(50);
  }
  throw new Error("the inbox was not written");
}
