import type { Sql } from "../db/sql.ts";
import { describeError, type Log } from "../log.ts";
import type { Hint } from "../ports/bus.ts";

/** Tells the database who is connected here: coalesced, so that ten thousand who arrive at once are a few statements. */
export interface Presence {
  opened(socket: OpenSocket): void;
  closed(socket: OpenSocket): void;
  stop(): Promise<void>;
}

export interface OpenSocket {
  personId: string;
  connectionId: string;
}

export interface PresenceOptions {
  sql: Sql;
  nodeId: string;
  socketsPerPerson: number;
  publish: (hint: Hint) => void;
  log: Log;
}

const writeEveryMs = 250;
const compareEveryMs = 30_000;
const rowsAtOnce = 2_000;

/** Nobody else has this person's sockets: the hub knows them all. */
export const noPresence: Presence = { opened() {}, closed() {}, async stop() {} };

export function presence(options: PresenceOptions): Presence {
  const { sql, nodeId, log } = options;
  const here = new Map<string, OpenSocket>();
  /** Connections whose rows are behind: there when they are open, gone when they are not. */
  const changed = new Map<string, OpenSocket>();
  let writing: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const write = async () => {
    const batch = [...changed.values()].slice(0, rowsAtOnce);
    if (batch.length === 0) return;
    for (const { connectionId } of batch) changed.delete(connectionId);
    try {
      const opened = batch.filter((socket) => here.has(socket.connectionId));
      await deleteRows(
        sql,
        batch.filter((socket) => !here.has(socket.connectionId)),
      );
      await insertRows(sql, nodeId, opened);
      for (const extra of await tooMany(sql, opened, options.socketsPerPerson))
        options.publish({ kind: "one_too_many", personId: extra.person_id, connectionId: extra.connection_id });
    } catch (error) {
      log.warn({ error: describeError(error) }, "who is connected could not be written, and will be");
      for (const socket of batch) changed.set(socket.connectionId, socket);
    }
  };
  const schedule = () => {
    // A write that was under way when this stopped begins no other.
    if (stopped) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void (writing = writing.then(write)).then(() => changed.size > 0 && schedule());
    }, writeEveryMs);
  };
  const change = (socket: OpenSocket) => {
    changed.set(socket.connectionId, socket);
    schedule();
  };
  // A database that crashed forgot the table, and one that thought this node dead deleted its rows.
  const compare = setInterval(() => {
    const missing = async () => {
      if (changed.size > 0 || (await countRows(sql, nodeId)) === here.size) return;
      for (const socket of here.values()) change(socket);
    };
    missing().catch((error: unknown) => log.debug({ error: describeError(error) }, "presence was not compared"));
  }, compareEveryMs);
  return {
    opened(socket) {
      here.set(socket.connectionId, socket);
      change(socket);
    },
    closed(socket) {
      here.delete(socket.connectionId);
      change(socket);
    },
    async stop() {
      stopped = true;
      clearInterval(compare);
      clearTimeout(timer);
      await writing;
    },
  };
}

async function insertRows(sql: Sql, nodeId: string, sockets: readonly OpenSocket[]): Promise<void> {
  if (sockets.length === 0) return;
  const { people, connections } = columns(sql, sockets);
  await sql`
    insert into open_sockets (person_id, connection_id, node_id)
    select p, c, ${nodeId} from unnest(${people}, ${connections}) as x(p, c) on conflict do nothing`;
}

async function deleteRows(sql: Sql, sockets: readonly OpenSocket[]): Promise<void> {
  if (sockets.length === 0) return;
  const { people, connections } = columns(sql, sockets);
  await sql`
    delete from open_sockets s using unnest(${people}, ${connections}) as x(p, c)
    where s.person_id = x.p and s.connection_id = x.c`;
}

/** The oldest give way, wherever they are. */
async function tooMany(sql: Sql, sockets: readonly OpenSocket[], most: number): Promise<ExtraSocket[]> {
  if (sockets.length === 0) return [];
  const people = sql.array([...new Set(sockets.map((socket) => socket.personId))], "UUID");
  return await sql`
    select person_id, connection_id from (
      select s.person_id, s.connection_id,
        row_number() over (partition by s.person_id order by s.opened_at desc, s.connection_id desc) as place
      from unnest(${people}) as x(p) join open_sockets s on s.person_id = x.p) placed
    where place > ${most}`;
}

async function countRows(sql: Sql, nodeId: string): Promise<number> {
  const [row] = await sql`select count(*)::float8 as n from open_sockets where node_id = ${nodeId}`;
  return row.n;
}

function columns(sql: Sql, sockets: readonly OpenSocket[]) {
  return {
    people: sql.array(
      sockets.map((socket) => socket.personId),
      "UUID",
    ),
    connections: sql.array(
      sockets.map((socket) => socket.connectionId),
      "UUID",
    ),
  };
}

interface ExtraSocket {
  person_id: string;
  connection_id: string;
}
