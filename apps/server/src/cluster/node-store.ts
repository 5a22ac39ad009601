import type { Sql } from "../db/sql.ts";

export interface Node {
  id: string;
  /** The same after a restart: the host and the data folder. */
  name: string;
  roles: readonly string[];
}

/** Without a heartbeat for so long a node is dead, or will write its row anew when it comes back. */
const deadAfterSeconds = 30;

/** Writes this node's row, again where somebody took it away. */
export async function writeNode(sql: Sql, node: Node, busAway: boolean): Promise<void> {
  await sql`
    insert into nodes (id, name, roles, bus_away)
    values (${node.id}, ${node.name}, ${sql.array([...node.roles], "TEXT")}, ${busAway})
    on conflict (id) do update set heartbeat_at = now(), bus_away = excluded.bus_away`;
}

/** Whether another living node's hints reach nobody. */
export async function othersAreAway(sql: Sql, nodeId: string): Promise<boolean> {
  const rows = await sql`
    select 1 from nodes
    where bus_away and id <> ${nodeId} and heartbeat_at > now() - make_interval(secs => ${deadAfterSeconds}) limit 1`;
  return rows.length > 0;
}

export async function deleteNode(sql: Sql, nodeId: string): Promise<void> {
  await sql`
    with gone as (delete from nodes where id = ${nodeId} returning id)
    delete from open_sockets s using gone where s.node_id = gone.id`;
}

/** Takes away what an earlier life of this node left, or any other one where this process is alone. `fresh`: it may live. */
export async function takeEarlier(
  sql: Sql,
  node: Node,
  options: { alone: boolean },
): Promise<{ name: string; fresh: boolean }[]> {
  return await sql`
    with gone as (
      delete from nodes where id <> ${node.id} and (${options.alone} or name = ${node.name})
      returning id, name, heartbeat_at > now() - interval '10 seconds' as fresh),
    sockets as (delete from open_sockets s using gone where s.node_id = gone.id)
    select name, fresh from gone`;
}

/** A heartbeat from the future is as dead as an old one: the database's clock was put back. Two who look share them out. */
export async function takeDead(sql: Sql, nodeId: string): Promise<{ name: string }[]> {
  return await sql`
    with dead as (
      select id from nodes where id <> ${nodeId}
        and (heartbeat_at < now() - make_interval(secs => ${deadAfterSeconds})
          or heartbeat_at > now() + make_interval(secs => ${deadAfterSeconds})) for update skip locked),
    gone as (delete from nodes n using dead where n.id = dead.id returning n.id, n.name),
    sockets as (delete from open_sockets s using gone where s.node_id = gone.id)
    select name from gone`;
}
