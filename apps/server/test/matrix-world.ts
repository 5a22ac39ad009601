import type { TestServer } from "../src/test-server.ts";
import { addPeople, addReadyPhotos, follow, inParallel, must, type Somebody } from "./api-kit.ts";
import type { Row } from "./matrix-table.ts";

/** One row of the matrix, made real: two people of its own. */
export interface Case extends Row {
  from: Somebody;
  to: Somebody;
  /** Where the row has a conversation. */
  conversationId: string | null;
  photoId: string | null;
  /** Messages that made the standing. */
  before: number;
}

const atOnce = 32;

/** Standings come about through the API; then settings, follows, blocks and the clock are written as the row says. */
export async function makeCases({ url, database }: TestServer, rows: readonly Row[]): Promise<Case[]> {
  const { sql } = database;
  const people = await addPeople(database, rows.length * 2);
  const cases = await inParallel(rows, atOnce, async (row, index): Promise<Case> => {
    const [from, to] = [people[index * 2], people[index * 2 + 1]];
    if (!from || !to) throw new Error("too few people");
    const conversationId = await makeStanding(url, { row, from, to });
    return { ...row, from, to, conversationId, photoId: null, before: conversationId === null ? 0 : 1 };
  });
  const withPhoto = cases.filter((one) => one.content === "photo");
  const photos = await addReadyPhotos(
    sql,
    withPhoto.map((one) => one.from.id),
  );
  withPhoto.forEach((one, index) => (one.photoId = photos[index] ?? null));
  await writeSettings(sql, cases);
  await writeRelations(sql, cases);
  await coolDown(sql, cases);
  return cases;
}

async function makeStanding(
  url: string,
  { row, from, to }: { row: Row; from: Somebody; to: Somebody },
): Promise<string | null> {
  const { standing } = row.grid;
  if (standing === "none") return null;
  const [asker, asked] = standing.startsWith("their") ? [to, from] : [from, to];
  const { message } = await must(url, asker, "messages.sendToPerson", {
    personId: asked.id,
    clientId: "first",
    text: "the first",
  });
  const { conversationId } = message;
  if (standing === "accepted") await must(url, asked, "requests.accept", { conversationId });
  if (standing.includes("declined")) await must(url, asked, "requests.decline", { conversationId });
  return conversationId;
}

async function writeSettings(sql: TestServer["database"]["sql"], cases: readonly Case[]): Promise<void> {
  const parties = cases.flatMap(({ from, to, sender, receiver, keeps }) => [
    { id: from.id, setting: sender, keeps: keeps === "sender" || keeps === "both" },
    { id: to.id, setting: receiver, keeps: keeps === "receiver" || keeps === "both" },
  ]);
  await sql`
    update people p set who_may_message = x.setting, keep_accepted_open = x.keeps = 1
    from unnest(${sql.array(
      parties.map((one) => one.id),
      "UUID",
    )}, ${sql.array(
      parties.map((one) => one.setting),
      "TEXT",
    )},
      ${sql.array(
        parties.map((one) => Number(one.keeps)),
        "INT4",
      )}) as x(id, setting, keeps) where p.id = x.id`;
}

async function writeRelations(sql: TestServer["database"]["sql"], cases: readonly Case[]): Promise<void> {
  const pairs = (wanted: (one: Case) => { out: boolean; back: boolean }) =>
    cases.flatMap((one) => {
      const { out, back } = wanted(one);
      const [there, here] = [[one.from.id, one.to.id] as const, [one.to.id, one.from.id] as const];
      return [...(out ? [there] : []), ...(back ? [here] : [])];
    });
  await follow(
    sql,
    pairs(({ relation }) => ({
      out: relation === "sender follows" || relation === "friends",
      back: relation === "receiver follows" || relation === "friends",
    })),
  );
  const blocks = pairs(({ grid }) => ({
    out: grid.blocks === "sender" || grid.blocks === "both",
    back: grid.blocks === "receiver" || grid.blocks === "both",
  }));
  await sql`
    insert into blocks (blocker_id, blocked_id, created_at)
    select a, b, now() from unnest(${sql.array(
      blocks.map(([a]) => a),
      "UUID",
    )}, ${sql.array(
      blocks.map(([, b]) => b),
      "UUID",
    )}) as x(a, b)`;
}

/** The requests of these rows were sent eight days ago: the cool-down is seven. */
async function coolDown(sql: TestServer["database"]["sql"], cases: readonly Case[]): Promise<void> {
  const ids = cases.flatMap((one) =>
    one.grid.standing.endsWith("cooled down") && one.conversationId !== null ? [one.conversationId] : [],
  );
  await sql`update conversations set requested_at = requested_at - interval '8 days' where id = any(${sql.array(ids, "UUID")}::uuid[])`;
}
