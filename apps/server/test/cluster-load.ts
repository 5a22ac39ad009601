import { createSotto } from "@sotto/sdk/client.ts";
import type { ConversationHandle, Sotto } from "@sotto/sdk/interface.ts";
import type { Database } from "../src/db/connect.ts";
import { addPeople, befriendAll, inParallel, must, type Somebody } from "./api-kit.ts";
import { until } from "./people.ts";

/**
 * People in pairs who write to each other with the SDK, as fast as `everyMs` says, through whatever happens to the servers.
 * What each of them is shown is looked at with every change.
 */
export interface ClusterLoad extends AsyncDisposable {
  clients: readonly LoadClient[];
  /** Messages that somebody wrote. */
  written(): number;
  /** Of those, the ones that the server has, as far as their senders know. */
  acknowledged(): number;
  /** Nobody writes any more; resolves when nothing waits to be sent. */
  finish(mostMs?: number): Promise<void>;
  /** Waits until everybody is shown what the database holds, and counts what is wrong. */
  verify(database: Database, mostMs?: number): Promise<LoadFindings>;
}

export interface LoadClient {
  sotto: Sotto;
  handle: ConversationHandle;
  who: Somebody;
  /** Sockets that were open, and are not any more. */
  dropped: number;
  resumed: number;
}

export interface LoadFindings {
  written: number;
  /** Written, and not in the database. */
  lost: number;
  /** In the database more than once. */
  storedTwice: number;
  /** Shown to somebody twice, at any moment. */
  shownTwice: number;
  /** People who are not shown exactly what the database holds, in its order. */
  apart: number;
  dropped: number;
  resumed: number;
  convergedMs: number;
}

export async function startClusterLoad(options: {
  url: string;
  /** Where each client connects; the balancer when it is not said. */
  urlOf?: (index: number) => string;
  database: Database;
  pairs: number;
  /** The first so many clients write nothing by themselves. */
  quiet?: number;
  everyMs: number;
}): Promise<ClusterLoad> {
  const { url, database, everyMs } = options;
  const people = await addPeople(database, options.pairs * 2);
  const couples = people.flatMap((one, index) =>
    index % 2 === 0 ? [[one, people[index + 1] as Somebody] as const] : [],
  );
  await befriendAll(database.sql, couples);
  await inParallel(couples, 4, async ([one, other]) =>
    must(url, one, "messages.sendToPerson", { personId: other.id, clientId: "first", text: `first ${one.id}` }),
  );
  const shownTwice = new Set<string>();
  const clients = people.map((who, index) => {
    const other = people[index ^ 1] as Somebody;
    return openClient({ url: options.urlOf?.(index) ?? url, who, other, shownTwice });
  });
  await Promise.all(clients.map(({ handle }) => handle.open()));
  await until("everybody is online", () => clients.every(isOnline));
  const state = { writing: true, texts: couples.map(([one]) => `first ${one.id}`) };
  const writers = clients.slice(options.quiet ?? 0).map((client) => write(client, state, everyMs));
  return {
    clients,
    written: () => state.texts.length,
    acknowledged: () => state.texts.length - waiting(clients),
    async finish(mostMs = 60_000) {
      state.writing = false;
      await Promise.all(writers);
      await until("nothing waits to be sent", () => waiting(clients) === 0, mostMs);
    },
    verify: async (from, mostMs = 60_000) =>
      await verify({ database: from, clients, shownTwice, texts: state.texts, mostMs }),
    async [Symbol.asyncDispose]() {
      state.writing = false;
      for (const { sotto } of clients) sotto.stop();
      await Promise.all(writers);
    },
  };
}

function openClient(options: { url: string; who: Somebody; other: Somebody; shownTwice: Set<string> }): LoadClient {
  const { url, who, other, shownTwice } = options;
  const sotto = createSotto({ url, credential: { kind: "bearer", token: who.token } });
  const handle = sotto.withPerson(other.id);
  const client = { sotto, handle, who, dropped: 0, resumed: 0 };
  let online = false;
  sotto.connection.subscribe(() => {
    const now = isOnline(client);
    if (online && !now) client.dropped += 1;
    if (!online && now && client.dropped > client.resumed) client.resumed += 1;
    online = now;
  });
  handle.state.subscribe(() => {
    const { messages, outgoing } = handle.state.get();
    const texts = [...messages, ...outgoing].map((one) => one.text);
    if (new Set(texts).size === texts.length) return;
    for (const text of texts) if (texts.indexOf(text) !== texts.lastIndexOf(text)) shownTwice.add(`${who.id} ${text}`);
  });
  sotto.start();
  return client;
}

async function write(client: LoadClient, state: { writing: boolean; texts: string[] }, everyMs: number): Promise<void> {
  for (let n = 0; state.writing; n++) {
    const text = `${client.who.username} ${n}`;
    state.texts.push(text);
    client.handle.send({ text });
    await Bun.sleep(everyMs * (0.5 + Math.random()));
  }
}

function waiting(clients: readonly LoadClient[]): number {
  return clients.reduce((sum, { handle }) => sum + handle.state.get().outgoing.length, 0);
}

function isOnline({ sotto }: Pick<LoadClient, "sotto">): boolean {
  return sotto.connection.get().is === "online";
}

async function verify(options: {
  database: Database;
  clients: readonly LoadClient[];
  shownTwice: ReadonlySet<string>;
  texts: readonly string[];
  mostMs: number;
}): Promise<LoadFindings> {
  const { database, clients, shownTwice, texts, mostMs } = options;
  const startedMs = performance.now();
  const rows: { conversation_id: string; text: string }[] = await database.sql`
    select conversation_id, text from messages order by conversation_id, seq`;
  const meant = Map.groupBy(rows, (row) => row.conversation_id);
  const isApart = ({ handle }: LoadClient) => {
    const { conversation, messages } = handle.state.get();
    const own = meant.get(conversation?.id ?? "")?.map((row) => row.text) ?? [];
    // What is older than the first page is loaded when somebody scrolls up.
    return (
      messages.length === 0 || own.slice(-messages.length).join("\n") !== messages.map((one) => one.text).join("\n")
    );
  };
  await until("everybody is shown the same", () => !clients.some(isApart), mostMs).catch(() => undefined);
  await until("everybody is online", () => clients.every(isOnline), mostMs).catch(() => undefined);
  const stored = new Set(rows.map((row) => row.text));
  const sum = (of: (client: LoadClient) => number) => clients.reduce((total, client) => total + of(client), 0);
  return {
    written: texts.length,
    lost: texts.filter((text) => !stored.has(text)).length,
    storedTwice: rows.length - stored.size,
    shownTwice: shownTwice.size,
    apart: clients.filter(isApart).length,
    dropped: sum((client) => client.dropped),
    resumed: sum((client) => client.resumed),
    convergedMs: Math.round(performance.now() - startedMs),
  };
}
