import { createSotto } from "@sotto/sdk/client.ts";
import type { ConversationHandle, Sotto } from "@sotto/sdk/interface.ts";
import { drawPhoto } from "../../apps/server/src/media/drawn-photo.ts";
import { befriend, clientOf, signUp, type TestPerson } from "../../apps/server/test/people.ts";
import { comparedMessages } from "./compare.ts";
import { Device, type Bug } from "./device.ts";
import type { PersonView } from "./model.ts";

/** Two devices of one person and one of another, with the conversations that they share: a direct one and a group. */
export interface Triple extends AsyncDisposable {
  name: string;
  devices: readonly Device[];
  conversationIds: readonly string[];
  /** Both see it, and nobody changes it: what is sent on from it stays to be had. */
  photo: { conversationId: string; messageId: string };
  /** What a client shows that knows nothing yet, on a line that is never cut. */
  fresh(): Promise<Map<string, PersonView>>;
  /** The same from the answers that such a client would ask for, at a fifth of the price. */
  asked(): Promise<Map<string, PersonView>>;
}

const longestWaitMs = 10_000;

export async function startTriple(options: { url: string; name: string; bug?: Bug | undefined }): Promise<Triple> {
  const { url, name, bug } = options;
  const [anna, ben] = [await signUp(url, `${name}_anna`), await signUp(url, `${name}_ben`)];
  await befriend(url, anna, ben);
  const conversationIds = await begin(url, anna, ben);
  const device = (person: TestPerson, own: string) =>
    Device.start({ name: own, url, token: person.token, personId: person.id, conversationIds, bug });
  const devices = [await device(anna, "phone"), await device(anna, "laptop"), await device(ben, "ben")];
  // Whose a device is must be known to it once: what is written before that is nobody's.
  await until(
    () => devices.every((one) => one.disk.hasView()),
    () => "its devices have not begun",
  );
  const photo = await sendPhoto(url, { anna, ben, phone: devices[0] });
  const doors = [anna, ben].map((person) => ({ person, sotto: clientOf(url, person) }));
  const both = async (view: (door: Door) => Promise<PersonView>) =>
    new Map((await Promise.all(doors.map(view))).map((one) => [one.personId, one]));
  return {
    ...{ name, devices, conversationIds, photo },
    fresh: () => both(({ person }) => freshView(url, person, conversationIds)),
    asked: () => both((door) => askedView(door, conversationIds)),
    async [Symbol.asyncDispose]() {
      await Promise.all(devices.map((one) => one[Symbol.asyncDispose]()));
    },
  };
}

async function begin(url: string, anna: TestPerson, ben: TestPerson): Promise<string[]> {
  const annas = clientOf(url, anna);
  const first = { clientId: "first", text: "first" };
  const { conversation } = await annas.call("messages.sendToPerson", { personId: ben.id, ...first });
  const groupId = await beginGroup(url, "group", anna, ben);
  await annas.call("messages.send", { conversationId: groupId, ...first });
  return [conversation.id, groupId];
}

async function beginGroup(url: string, clientId: string, anna: TestPerson, ben: TestPerson): Promise<string> {
  const { id } = await clientOf(url, anna).call("conversations.createGroup", { clientId, personIds: [ben.id] });
  await clientOf(url, ben).call("requests.accept", { conversationId: id });
  return id;
}

const drawn = drawPhoto({ seed: 3, width: 64, height: 48 });

/** Into a conversation that nothing else happens in. */
async function sendPhoto(
  url: string,
  { anna, ben, phone }: { anna: TestPerson; ben: TestPerson; phone: Device | undefined },
): Promise<Triple["photo"]> {
  if (!phone) throw new Error("nobody has a phone");
  const conversationId = await beginGroup(url, "album", anna, ben);
  const mediaIds = [await phone.sotto.upload(new File([(await drawn).slice()], "harbour.jpg"))];
  const sent = { conversationId, clientId: "photo", text: "the harbour", mediaIds };
  const { id: messageId } = await clientOf(url, anna).call("messages.send", sent);
  return { conversationId, messageId };
}

interface Door {
  person: TestPerson;
  sotto: Sotto;
}

async function askedView({ person, sotto }: Door, conversationIds: readonly string[]): Promise<PersonView> {
  const conversations = conversationIds.map(async (conversationId) => {
    const { conversation } = await sotto.call("conversations.get", { conversationId });
    const { items: messages } = await sotto.call("messages.list", { conversationId, limit: comparedMessages });
    return [conversationId, { conversation, messages }] as const;
  });
  const { settings } = await sotto.call("me.get", {});
  return { personId: person.id, settings, conversations: new Map(await Promise.all(conversations)) };
}

async function freshView(url: string, person: TestPerson, conversationIds: readonly string[]): Promise<PersonView> {
  const sotto = createSotto({ url, credential: { kind: "bearer", token: person.token } });
  sotto.start();
  try {
    const handles = conversationIds.map((id) => sotto.conversation(id));
    await Promise.all(handles.map((handle) => handle.open()));
    await until(
      () => handles.every((handle) => handle.state.get().conversation !== null) && sotto.me.get() !== null,
      () => JSON.stringify([sotto.connection.get(), ...handles.map((handle) => handle.state.get().problem)]),
    );
    for (const handle of handles) await loadCompared(handle);
    return viewOf(sotto, person.id, conversationIds);
  } finally {
    sotto.stop();
  }
}

/** However many pages that takes. */
async function loadCompared(handle: ConversationHandle): Promise<void> {
  const held = () => handle.state.get();
  while (held().hasOlder && held().messages.length < comparedMessages) await handle.loadOlder();
}

export function viewOf(sotto: Sotto, personId: string, conversationIds: readonly string[]): PersonView {
  const settings = sotto.me.get()?.settings;
  if (!settings) throw new Error("nobody is here yet");
  const conversations = conversationIds.map((id) => {
    const { conversation, messages } = sotto.conversation(id).state.get();
    if (!conversation) throw new Error("a conversation that is not here");
    return [id, { conversation, messages: messages.slice(-comparedMessages) }] as const;
  });
  return { personId, settings, conversations: new Map(conversations) };
}

async function until(condition: () => boolean, why: () => string): Promise<void> {
  const giveUpMs = Date.now() + longestWaitMs;
  while (!condition()) {
    if (Date.now() > giveUpMs) throw new Error(`a fresh client shows nothing: ${why()}`);
    await Bun.sleep(2);
  }
}
