import { hashToken, newToken } from "../../apps/server/src/auth/tokens.ts";
import type { Database } from "../../apps/server/src/db/connect.ts";
import type { Sql } from "../../apps/server/src/db/sql.ts";
import { addPeople, befriendAll, must, type Somebody } from "../../apps/server/test/api-kit.ts";
import { makeApiGroup } from "../../apps/server/test/groups-kit.ts";
import { RawDevice } from "./clients/raw-device.ts";
import { SdkDevice } from "./clients/sdk-device.ts";
import type { Device } from "./clients/device.ts";
import { drawOf, shuffled, type Draw } from "./draw.ts";
import type { History } from "./history.ts";

/** A conversation of the workload. */
export interface Chat {
  id: string;
  kind: "direct" | "group";
  /** At its beginning. */
  memberIds: readonly string[];
}

export interface World {
  people: readonly Somebody[];
  chats: readonly Chat[];
  devices: readonly Device[];
}

/** A gateway looks once a minute whether hints were lost on the bus; inside one process none can be. */
const [amongNodesMs, onOneNodeMs] = [75_000, 8_000];

export const shape = { people: 40, secondDevices: 10, sdkDevices: 8, directs: 14, groups: 6, groupMost: 8 };

/** 50 clients of 40 people and 20 conversations, new ones for each round: what a round says is about these alone. */
export async function makeWorld(options: {
  database: Database;
  url: string;
  urls: readonly string[];
  history: History;
  seed: number;
  round: number;
}): Promise<World> {
  const { database, seed, round } = options;
  const { sql } = database;
  const draw = drawOf(seed, round, "world");
  const people = await addPeople({ sql }, shape.people);
  const chats = [...(await makeDirects(options, people, draw)), ...(await makeGroups(options, people, draw))];
  const second = await addSecondDevices(sql, people.slice(0, shape.secondDevices));
  const order = shuffled(draw, [...people, ...second]);
  const devices = order.map((person, place) => makeDevice(options, { person, place, chats }));
  return { people, chats, devices };
}

type Making = Parameters<typeof makeWorld>[0];

async function makeDirects({ database, url }: Making, people: readonly Somebody[], draw: Draw): Promise<Chat[]> {
  const order = shuffled(draw, people);
  const pairs = Array.from({ length: shape.directs }, (_, n) => [order[n * 2], order[n * 2 + 1]] as const);
  const chats: Chat[] = [];
  for (const [one, other] of pairs) {
    if (!one || !other) continue;
    await befriendAll(database.sql, [[one, other]]);
    const { message } = await must(url, one, "messages.sendToPerson", {
      personId: other.id,
      clientId: `first-${one.id}`,
      text: "the first message",
    });
    chats.push({ id: message.conversationId, kind: "direct", memberIds: [one.id, other.id] });
  }
  return chats;
}

/** Through the API: each is made by one of its people, and accepted by the others. */
async function makeGroups({ database, url }: Making, people: readonly Somebody[], draw: Draw): Promise<Chat[]> {
  const chats: Chat[] = [];
  for (let n = 0; n < shape.groups; n += 1) {
    const [creator, ...others] = shuffled(draw, people).slice(0, 3 + draw.below(shape.groupMost - 2));
    if (!creator) continue;
    const members = [creator, ...others] as const;
    const { id } = await makeApiGroup({ url, database }, members);
    chats.push({ id, kind: "group", memberIds: members.map((one) => one.id) });
  }
  return chats;
}

/** The same people with a session more. */
async function addSecondDevices(sql: Sql, people: readonly Somebody[]): Promise<Somebody[]> {
  const second = people.map((one) => ({ ...one, token: newToken(), sessionId: Bun.randomUUIDv7() }));
  for (const { id, token, sessionId } of second) {
    await sql`
      insert into sessions (person_id, id, token_hash, device, created_at, last_seen_at)
      values (${id}, ${sessionId}, ${hashToken(token)}, 'second', now(), now())`;
  }
  return second;
}

function makeDevice(
  { urls, history, seed, round }: Making,
  { person, place, chats }: { person: Somebody; place: number; chats: readonly Chat[] },
): Device {
  const name = `r${round}c${place}`;
  const own = chats.filter((chat) => chat.memberIds.includes(person.id));
  const shared = { name, person, chats: own, history };
  const convergeWithinMs = urls.length > 1 ? amongNodesMs : onOneNodeMs;
  if (place < shape.sdkDevices)
    return new SdkDevice({ ...shared, convergeWithinMs, url: urls[place % urls.length] ?? "" });
  const draw = drawOf(seed, "device", name);
  return new RawDevice({ ...shared, urls, draw, byHttp: draw.chance(0.2) });
}
