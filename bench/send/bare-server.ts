import { SQL } from "bun";
import { startEmbeddedPostgres } from "../../apps/server/src/db/embedded-postgres.ts";
import { plainArray, textArray } from "../../apps/server/src/db/arrays.ts";
import { silentLog } from "../../apps/server/src/log.ts";

/**
 * The bare prototype: what a server of this shape costs at the least. Sockets, a sequence row and an insert, group commit,
 * the message to the other of the pair, an acknowledgement after the commit. No policy, no replays, no inbox, no schemas.
 * The same runtime, the same database with the same settings.
 */
interface Waiting {
  id: number;
  clientId: string;
  text: string;
  pair: number;
  socket: Bun.ServerWebSocket<{ index: number }>;
}

/** As in the real server: see `messages/send-queue.ts`. */
const batchMost = 2048;

/** Shared by the sockets and the committer. */
class Bare {
  readonly sql: Bun.SQL;
  readonly sockets: Bun.ServerWebSocket<{ index: number }>[] = [];
  private waiting: Waiting[] = [];
  private running = false;

  /** All of a socket's frames of a batch in one write, as in the real server (`gateway/outgoing.ts`), or one write each. */
  private readonly grouped: boolean;

  constructor(sql: Bun.SQL, grouped: boolean) {
    this.sql = sql;
    this.grouped = grouped;
  }

  receive(socket: Bun.ServerWebSocket<{ index: number }>, text: string): void {
    const { id, input } = JSON.parse(text);
    this.waiting.push({ id, clientId: input.clientId, text: input.text, pair: socket.data.index >> 1, socket });
    if (!this.running) setImmediate(() => void (this.running || this.runAll()));
  }

  private async runAll(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) await this.commit(this.waiting.splice(0, batchMost));
    this.running = false;
  }

  private async commit(batch: Waiting[]): Promise<void> {
    const ids = batch.map(() => Bun.randomUUIDv7());
    const now = new Date();
    const seqs = await this.insert(batch, ids, now);
    const frames = new Map<number, string[]>();
    const add = (index: number, text: string) => {
      const some = frames.get(index);
      if (some) some.push(text);
      else frames.set(index, [text]);
    };
    batch.forEach((one, place) => {
      const id = ids[place] ?? "";
      const { index } = one.socket.data;
      const message = JSON.stringify({ id, seq: seqs.get(id), pair: one.pair, text: one.text, createdAt: now });
      add(index ^ 1, `{"event":"message","message":${message}}`);
      add(index, `{"id":${one.id},"ok":${message}}`);
    });
    for (const [index, texts] of frames) this.write(index, texts);
  }

  private write(index: number, texts: readonly string[]): void {
    const socket = this.sockets[index];
    const sendAll = () => texts.forEach((text) => socket?.send(text));
    if (this.grouped) socket?.cork(sendAll);
    else sendAll();
  }

  private async insert(batch: Waiting[], ids: string[], now: Date): Promise<Map<string, number>> {
    const { sql } = this;
    const counts = new Map<number, number>();
    const places = batch.map(({ pair }) => {
      const place = (counts.get(pair) ?? 0) + 1;
      counts.set(pair, place);
      return place;
    });
    const rows: { id: string; seq: number }[] = await sql`
      with wanted as (
        select * from unnest(${plainArray([...counts.keys()])}::int4[], ${plainArray([...counts.values()])}::int4[]) as w(pair, n)
      ), bumped as (
        update bare_sequence s set last_seq = last_seq + n from wanted w where s.pair = w.pair
        returning s.pair, s.last_seq - n as base
      )
      insert into bare_messages (pair, seq, id, client_id, text, created_at)
      select b.pair, b.base + m.place, m.id, m.client_id, m.text, ${now}
      from unnest(
          ${plainArray(batch.map((one) => one.pair))}::int4[], ${plainArray(places)}::int4[], ${plainArray(ids)}::uuid[],
          ${textArray(batch.map((one) => one.clientId))}::text[], ${textArray(batch.map((one) => one.text))}::text[])
        as m(pair, place, id, client_id, text)
      join bumped b on b.pair = m.pair
      returning id, seq::float8 as seq`;
    return new Map(rows.map((row) => [row.id, row.seq]));
  }
}

void main();

async function main(): Promise<void> {
  const dataDir = process.argv[2] ?? "";
  const embedded = await startEmbeddedPostgres({ dataDir, log: silentLog() });
  const { socketDir, port, user, database } = embedded;
  // A pool of its own: the planner's choices are free here, and its one statement is better off with a hash.
  const path = `${socketDir}/.s.PGSQL.${port}`;
  const sql = new SQL({
    adapter: "postgres",
    url: `postgres://localhost/${database}`,
    path,
    username: user,
    database,
    // One batch is on its way at a time.
    max: 1,
  });
  await makeTables(sql);
  const server = listen(new Bare(sql, process.argv[3] === "grouped"));
  console.log(`ready http://127.0.0.1:${server.port} postmaster ${embedded.pid} socket ${socketDir}`);
  process.on("SIGTERM", () => {
    void server
      .stop(true)
      .then(() => sql.close())
      .then(() => embedded.stop())
      .then(() => process.exit(0));
  });
}

async function makeTables(sql: Bun.SQL): Promise<void> {
  await sql`create table if not exists bare_sequence (pair integer primary key, last_seq bigint not null) with (fillfactor = 70)`;
  await sql`
    create table if not exists bare_messages (
      pair integer not null, seq bigint not null, id uuid not null, client_id text not null, text text not null,
      created_at timestamptz not null, primary key (pair, seq))`;
  await sql`insert into bare_sequence select n, 0 from generate_series(0, 9999) n on conflict do nothing`;
}

function listen(bare: Bare) {
  return Bun.serve<{ index: number }>({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, server) {
      const index = Number(new URL(request.url).searchParams.get("ticket"));
      return server.upgrade(request, { data: { index } }) ? undefined : new Response("no", { status: 400 });
    },
    websocket: {
      perMessageDeflate: false,
      open(socket) {
        bare.sockets[socket.data.index] = socket;
      },
      message: (socket, text) => bare.receive(socket, String(text)),
    },
  });
}
