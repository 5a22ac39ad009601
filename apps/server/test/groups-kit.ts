import type { Conversation } from "@sotto/protocol/types.ts";
import type { TestServer } from "../src/test-server.ts";
import { addPeople, befriendAll, must, type Somebody } from "./api-kit.ts";

let groupsMade = 0;

/** A group through the API. The first of `people` makes it, and is a friend of the rest, who have accepted when this answers. */
export async function makeApiGroup(
  { url, database }: Pick<TestServer, "url" | "database">,
  people: readonly [Somebody, ...Somebody[]],
  { accepted = true }: { accepted?: boolean } = {},
): Promise<Conversation> {
  const [creator, ...others] = people;
  await befriendAll(
    database.sql,
    others.map((other) => [creator, other] as const),
  );
  groupsMade += 1;
  const group = await must(url, creator, "conversations.createGroup", {
    clientId: `group-${process.pid}-${groupsMade}`,
    personIds: others.map((other) => other.id),
  });
  if (accepted)
    await Promise.all(
      others.map(async (other) => await must(url, other, "requests.accept", { conversationId: group.id })),
    );
  return group;
}

export async function somePeople(server: Pick<TestServer, "database">, count: number) {
  return (await addPeople(server.database, count)) as [Somebody, Somebody, Somebody, ...Somebody[]];
}
