import { closeSync } from "node:fs";
import { openDatabase } from "../../apps/server/src/db/connect.ts";
import { startEmbeddedPostgres } from "../../apps/server/src/db/embedded-postgres.ts";
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

const batchMost = 256;

void main();

async function main(): Promise<void> {
  const dataDir = process.argv[2] ?? "";
  const embedded = await startEmbeddedPostgres({ dataDir, log: silentLog() });
  const { socketDir, port, user, database } = embedded;
  const opened = openDatabase({ is: "socket", socketDir, port, user, database }, { max: 4 });
  const { sql } = opened;
  await sql`create table if not exists bare_sequence (pair integer primary key, last_seq bigint not null) with (fillfactor = 70)`;
  await sql`
    create table if not exists bare_messages (
      pair integer not null, seq bigint not null, id uuid not null, client_id text not null, text text not null,
      created_at timestamptz not null, primary key (pair, seq))`;
  await sql`insert into bare_sequence select n, 0 from generate_series(0, 9999) n on conflict do nothing`;
  const sockets: Bun.ServerWebSocket<{ index: number }>[] = [];
  let waiting: Waiting[] = [];
  let running = false;

  const commit = async (batch: Waiting[]): Promise<void> => {
    const counts = new Map<number, number>();
    const places = batch.map(({ pair }) => {
      const place = (counts.get(pair) ?? 0) + 1;
      counts.set(pair, place);
      return place;
    });
    const ids = batch.map(() => Bun.randomUUIDv7());
    const now = new Date();
    const rows: { id: string; seq: number }[] = await sql`
      with wanted as (
        select * from unnest(${sql.array([...counts.keys()], "INT4")}, ${sql.array([...counts.values()], "INT4")}) as w(pair, n)
      ), bumped as (
        update bare_sequence s set last_seq = last_seq + n from wanted w where s.pair = w.pair
        returning s.pair, s.last_seq - n as base
      )
      insert into bare_messages (pair, seq, id, client_id, text, created_at)
      select b.pair, b.base + m.place, m.id, m.client_id, m.text, ${now}
      from unnest(
          ${sql.array(batch.map((one) => one.pair), "INT4")}, ${sql.array(places, "INT4")}, ${sql.array(ids, "UUID")},
          ${sql.array(batch.map((one) => one.clientId), "TEXT")}, ${sql.array(batch.map((one) => one.text), "TEXT")})
        as m(pair, place, id, client_id, text)
      join bumped b on b.pair = m.pair
      returning id, seq::float8 as seq`;
    const seqs = new Map(rows.map((row) => [row.id, row.seq]));
    batch.forEach((one, index) => {
      const id = ids[index] ?? "";
      const message = JSON.stringify({ id, seq: seqs.get(id), pair: one.pair, text: one.text, createdAt: now });
      sockets[one.socket.data.index ^ 1]?.send(`{"event":"message","message":${message}}`);
      one.socket.send(`{"id":${one.id},"ok":${message}}`);
    });
  };
  const runAll = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchMost);
      waiting = waiting.slice(batchMost);
      await commit(batch);
    }
    running = false;
  };

  const server = Bun.serve<{ index: number }>({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, server) {
      const index = Number(new URL(request.url).searchParams.get("ticket"));
      return server.upgrade(request, { data: { index } }) ? undefined : new Response("no", { status: 400 });
    },
    websocket: {
      perMessageDeflate: false,
      open(socket) {
        sockets[socket.data.index] = socket;
      },
      message(socket, text) {
        const { id, input } = JSON.parse(String(text));
        waiting.push({ id, clientId: input.clientId, text: input.text, pair: socket.data.index >> 1, socket });
        if (!running) setImmediate(() => void (running || runAll()));
      },
    },
  });
  console.log(`ready http://127.0.0.1:${server.port} postmaster ${embedded.pid} socket ${socketDir}`);
  process.on("SIGTERM", () => void stop());
  const stop = async (): Promise<void> => {
    await server.stop(true);
    await opened.close();
    await embedded.stop();
    closeSync(1);
    process.exit(0);
  };
}
