import type { Database } from "../../apps/server/src/db/connect.ts";
import { canSeeProcesses, descendants, signal } from "./nodes/processes.ts";
import type { Cluster } from "./nodes/cluster.ts";
import type { World } from "./world.ts";

const quietWithinMs = 15_000;

/** Everything runs, every line is open, every clock is right. */
export async function heal(cluster: Cluster): Promise<void> {
  const postmaster = cluster.database.postmasterPid();
  const paused = [
    ...cluster.nodes.map((node) => node.pid()),
    postmaster,
    ...(canSeeProcesses && postmaster > 0 ? descendants(postmaster) : []),
  ];
  for (const pid of paused) if (pid > 0) signal(pid, "SIGCONT");
  for (const { line, databaseLine, brokerLine, setClock } of cluster.nodes) {
    for (const one of [line, databaseLine, brokerLine]) {
      one?.flow();
      one?.open();
    }
    setClock(0);
  }
  await cluster.database.ensure();
  await Promise.all(cluster.nodes.map(async (node) => await node.start()));
}

/**
 * Inbox rows follow the log within 250 ms, and in a bit more on a busy machine. Answers how many never did; a member who left
 * is told nothing more, so theirs stays where it was.
 */
export async function untilQuiet({ sql }: Pick<Database, "sql">, world: World): Promise<number> {
  const ids = sql.array(
    world.chats.map((chat) => chat.id),
    "UUID",
  );
  const giveUpMs = performance.now() + quietWithinMs;
  for (;;) {
    const [{ behind }] = await sql`
      select count(*)::int as behind from inbox i
      join conversations c on c.id = i.conversation_id
      join members m on m.conversation_id = i.conversation_id and m.person_id = i.person_id and m.left_at is null
      where c.id = any(${ids}::uuid[]) and i.change < c.last_change`;
    if (behind === 0 || performance.now() > giveUpMs) return behind as number;
    await Bun.sleep(100);
  }
}
