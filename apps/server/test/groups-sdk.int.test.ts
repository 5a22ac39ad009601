import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { must } from "./api-kit.ts";
import { makeApiGroup, somePeople } from "./groups-kit.ts";
import { clientOf, until } from "./people.ts";

let server: TestServer;
beforeAll(async () => (server = await startTestServer()), 60_000);
afterAll(async () => await server.stop(), 60_000);

test("R8 T3 leaving on one device: the others drop the group, and what they hold of it", async () => {
  const people = await somePeople(server, 3);
  const [creator, leaver] = people;
  const { id: conversationId } = await makeApiGroup(server, people);
  await must(server.url, creator, "messages.send", { conversationId, clientId: "a", text: "still here" });
  const devices = [clientOf(server.url, leaver), clientOf(server.url, leaver), clientOf(server.url, leaver)];
  const [here, open, closed] = devices;
  if (!here || !open || !closed) throw new Error("three devices were asked for");
  for (const device of devices) device.start();
  const holds = (device: typeof here) => device.inbox.get().conversations.some((one) => one.id === conversationId);
  await until("all hold it", () => devices.every(holds));
  const thread = open.conversation(conversationId);
  await thread.open();
  await until("its messages are there", () => thread.state.get().messages.length === 1);
  await here.call("conversations.leave", { conversationId });
  await until("all dropped it", () => devices.every((device) => !holds(device)));
  await until("and its messages", () => thread.state.get().messages.length === 0);
  await until("and say that nothing is there", () => thread.state.get().problem?.code === "not_found");
  expect(thread.state.get().conversation).toBeNull();
  await must(server.url, creator, "messages.send", { conversationId, clientId: "b", text: "after" });
  await Bun.sleep(600);
  expect(devices.some(holds)).toBe(false);
  for (const device of devices) device.stop();
});

test("R7 an invitation comes and is accepted over the SDK; it counts in no badge before", async () => {
  const people = await somePeople(server, 3);
  const [creator, invited] = people;
  const device = clientOf(server.url, invited);
  device.start();
  await until("ready", () => device.inbox.get().ready);
  const { id: conversationId } = await makeApiGroup(server, people, { accepted: false });
  await must(server.url, creator, "messages.send", { conversationId, clientId: "a", text: "come in" });
  await until("the invitation is there", () => device.inbox.get().requests[0]?.lastMessage?.text === "come in");
  expect(device.inbox.get()).toMatchObject({ badge: 0, conversations: [] });
  await device.call("requests.accept", { conversationId });
  await until("it is a conversation", () => device.inbox.get().conversations[0]?.id === conversationId);
  expect(device.inbox.get()).toMatchObject({ badge: 1, requests: [] });
  device.stop();
});

test("R6 R16 what a blocked person writes in a group counts on no device, on one that knew nothing of the group when it began neither", async () => {
  const people = await somePeople(server, 3);
  const [creator, blocker, blocked] = people;
  const { id: conversationId } = await makeApiGroup(server, people);
  await must(server.url, blocker, "blocks.block", { personId: blocked.id });
  const device = clientOf(server.url, blocker);
  device.start();
  const unread = () => device.inbox.get().conversations.find((one) => one.id === conversationId)?.unread;
  await until("it holds the group", () => unread() === 0);
  // Whatever it asks for at its beginning is answered.
  await Bun.sleep(300);
  await must(server.url, blocked, "messages.send", { conversationId, clientId: "a", text: "of somebody blocked" });
  await must(server.url, creator, "messages.send", { conversationId, clientId: "b", text: "of another" });
  await until("the other one's counts", () => (unread() ?? 0) > 0);
  await Bun.sleep(300);
  expect(unread()).toBe(1);
  device.stop();
});
