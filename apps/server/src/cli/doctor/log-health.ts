import type { Sql } from "../../db/sql.ts";
import { ok, warning, wrong, type Finding } from "./finding.ts";

/** Longer than any flush: what is behind at both looks stays behind. */
const lookAgainMs = 1_500;
const rowsMost = 1_000;
const silentSeconds = 60;

export async function checkInbox(sql: Sql, { served }: { served: boolean }): Promise<Finding> {
  const what = "inboxes";
  const first = await readBehind(sql);
  if (first.size === 0) return ok(what, "up to the log");
  await Bun.sleep(lookAgainMs);
  const again = await readBehind(sql);
  const still = [...first].filter((row) => again.has(row)).length;
  if (still === 0) return ok(what, "up to the log");
  const detail = `${still}${still === rowsMost ? " or more" : ""} rows are behind the log; no message is lost by it`;
  if (!served) return warning(what, detail, "The last stop was a crash: the next start brings them up.");
  return wrong(
    what,
    detail,
    "Restart one process: a start after a crash sweeps them. If they stay, look for `unexpected` in its log.",
  );
}

async function readBehind(sql: Sql): Promise<Set<string>> {
  const rows: { row: string }[] = await sql`
    select i.person_id || '/' || i.conversation_id || '/' || i.change as row
    from inbox i join conversations c on c.id = i.conversation_id
    join members m on m.conversation_id = i.conversation_id and m.person_id = i.person_id and m.left_at is null
    where i.change < c.last_change limit ${rowsMost}`;
  return new Set(rows.map(({ row }) => row));
}

export async function checkNodes(sql: Sql): Promise<{ finding: Finding; served: boolean }> {
  const what = "processes";
  const rows: { name: string; alive: boolean; silent: number }[] = await sql`
    select name, heartbeat_at > now() - make_interval(secs => ${silentSeconds}) as alive,
      extract(epoch from now() - heartbeat_at)::float8 as silent
    from nodes where heartbeat_at > '-infinity' order by name`;
  const alive = rows.filter((row) => row.alive);
  const dead = rows.filter((row) => !row.alive);
  const served = alive.length > 0;
  const names = alive.map((row) => row.name).join(", ") || "none runs";
  if (dead.length === 0) return { finding: ok(what, names), served };
  const told = dead.map((row) => `${row.name} (silent for ${Math.round(row.silent / 60)} min)`).join(", ");
  const detail = `ended without a word: ${told}; running: ${names}`;
  const todo = served
    ? "A worker sweeps up after them within a minute or two. If they stay listed, no process has the role `worker`: start one."
    : "The next start sweeps up after them.";
  return { finding: warning(what, detail, todo), served };
}

export async function checkJobs(sql: Sql): Promise<Finding> {
  const what = "jobs";
  const [{ made }] = await sql`select to_regclass('graphile_worker._private_jobs') is not null as made`;
  const [{ stuck }] = await sql`
    select count(*)::int as stuck from (
      select 1 from media where state = 'processing' and created_at < now() - interval '30 minutes' limit ${rowsMost}) m`;
  const failed: { task: string; count: number }[] = made
    ? await sql`
        select t.identifier as task, count(*)::int as count
        from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
        where j.attempts >= j.max_attempts group by 1 order by 1`
    : [];
  const parts = [
    ...failed.map(({ task, count }) => `${count} of ${task} were given up`),
    ...(stuck > 0 ? [`${stuck} photos are in processing for more than half an hour`] : []),
  ];
  if (parts.length === 0) return ok(what, "none is stuck");
  return warning(
    what,
    parts.join("; "),
    "See that a process has the role `worker`, and look into its log for `from: jobs`. Photos that wait are tried again for a day; then their owners are told.",
  );
}
