import { deleteSession } from "../auth/sessions.ts";
import type { Database } from "../db/connect.ts";
import type { Log } from "../log.ts";
import { demoConversations, demoRequests } from "./demo-conversations.ts";
import { makeMembers, member, type Members } from "./demo-members.ts";
import { demoFollows, demoFriends, demoPassword, demoPeople } from "./demo-people.ts";
import { mayStartDemo, markDemo } from "./demo-marker.ts";
import { playConversation, playRequest } from "./demo-play.ts";
import { DemoPhotos } from "./demo-photos.ts";
import { spreadOverDays } from "./demo-times.ts";

export interface DemoOptions {
  /** Of the running server. */
  url: string;
  /** People and their sessions are made in it: signing a dozen up from one address is what the limits are there to stop. */
  database: Pick<Database, "sql">;
  log: Log;
  onProgress?: (done: number, all: number) => void;
}

export interface DemoResult {
  made: boolean;
  people: string[];
  password: string;
  words: string;
}

const conversationsAtOnce = 4;

/**
 * Fills an empty server with a small made-up community: people, follows, photos, conversations, a waiting request. The same
 * every time, and once: a run that was cut off is gone on with, a finished one is left alone, and so is a server that has people of its own.
 */
export async function seedDemo(options: DemoOptions): Promise<DemoResult> {
  const { database, log } = options;
  const state = await mayStartDemo(
    database.sql,
    demoPeople.map((one) => one.username),
  );
  if (state === "others") {
    log.warn("There are people here already: no demo community is added.");
    return result(false, "There are people here already, so no demo community is added.");
  }
  if (state === "new") await markDemo(database.sql, "started");
  if (state !== "done") await build(options);
  const words = `Demo community: sign in as ${demoPeople[0]?.username ?? ""} (or ${demoPeople[1]?.username ?? ""}, …), password ${demoPassword}`;
  log.info(words);
  return result(state !== "done", words);
}

async function build(options: DemoOptions): Promise<void> {
  const startedMs = performance.now();
  options.log.info("Making the demo community: a dozen people, their photos and conversations …");
  const members = await makeMembers({ sql: options.database.sql, url: options.url });
  const photos = new DemoPhotos(options.onProgress ?? (() => undefined));
  try {
    await makeFollows(members);
    await Promise.all([
      inParallel(demoConversations, conversationsAtOnce, (one) => playConversation(one, members, photos)),
      inParallel(demoPeople, conversationsAtOnce, (one) => photos.setProfile(one, members)),
    ]);
    for (const request of demoRequests) await playRequest(request, members);
    await finishViews(members);
    await spreadOverDays(options.database.sql, demoConversations, members);
    await markDemo(options.database.sql, "done");
  } finally {
    for (const member of members.values()) await deleteSession(options.database.sql, member);
  }
  options.log.info(`The demo community is there after ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
}

async function makeFollows(members: Members): Promise<void> {
  const mutual = demoFriends.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]);
  for (const [follower, followed] of [...mutual, ...demoFollows]) {
    await member(members, follower).sotto.call("follows.follow", { personId: member(members, followed).personId });
  }
}

/** What people changed for themselves once their conversations stood. */
async function finishViews(members: Members): Promise<void> {
  for (const { username, afterwards } of demoPeople) {
    if (afterwards) await member(members, username).sotto.call("settings.update", afterwards);
  }
  const { sotto } = member(members, "ines");
  const change = async (username: string, view: { pinned?: boolean; mutedUntil?: string }) => {
    const { conversation } = await sotto.call("conversations.withPerson", {
      personId: member(members, username).personId,
    });
    if (conversation) await sotto.call("conversations.update", { conversationId: conversation.id, ...view });
  };
  await change("tom", { pinned: true });
  await change("jun", { mutedUntil: new Date(Date.now() + 7 * 86_400_000).toISOString() });
}

async function inParallel<T>(items: readonly T[], size: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: size }, worker));
}

function result(made: boolean, words: string): DemoResult {
  return { made, people: demoPeople.map((one) => one.username), password: demoPassword, words };
}
