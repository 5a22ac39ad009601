import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { openDatabase, type Database } from "../src/db/connect.ts";
import type { Sql } from "../src/db/sql.ts";

/**
 * The statements that a server really sends, as PostgreSQL logs them: no wrapper in our own code that a new path could go
 * around. Only this database is logged; sessions opened after `record` are.
 */
export interface Recorder {
  /** The different ones since the last call, without the job queue's own. */
  take(): Promise<string[]>;
}

/** Before `database` is used for the first time: what it opened until then is not logged. */
export async function recordStatements(database: Database): Promise<Recorder> {
  const { pgConfig } = database;
  if (!("host" in pgConfig)) throw new Error("a test's database is reached by its socket");
  const { host, port, user, database: name } = pgConfig;
  await using beside = openDatabase({ is: "socket", socketDir: host, port, user, database: name }, { max: 1 });
  await beside.sql.unsafe(`alter database ${name} set log_statement = 'all'`);
  await beside.sql.unsafe(`alter database ${name} set log_parameter_max_length = 0`);
  const rows: { data_directory: string }[] = await beside.sql`show data_directory`;
  const path = join(dirname(rows[0]?.data_directory ?? ""), "postgres.log");
  let from = sizeOf(path);
  return {
    async take() {
      const text = readFrom(path, from);
      from += Buffer.byteLength(text);
      return [...new Set(statementsIn(text))].filter((one) => !one.includes("graphile_worker"));
    },
  };
}

/** One table that a statement reads, and its columns that are compared for equality: with a value, or with another table's. */
export interface Read {
  table: string;
  columns: string[];
}

/**
 * Asked of PostgreSQL, as a plan for whatever values: it knows which condition belongs to which table. Which index it would
 * take on tables this small does not matter, so conditions count wherever they stand.
 */
export async function readsOf(sql: Sql, statement: string): Promise<Read[]> {
  const rows: { "QUERY PLAN": [{ Plan: PlanNode }] }[] = await sql.unsafe(
    `explain (generic_plan, format json) ${statement}`,
  );
  return rows.flatMap((row) => {
    const nodes = flat(row["QUERY PLAN"][0].Plan);
    const joins = nodes.flatMap((node) => [node["Join Filter"], node["Hash Cond"], node["Merge Cond"]]).join(" ");
    return nodes.flatMap((node) => {
      const { "Relation Name": table, "Node Type": type } = node;
      if (table === undefined || type === "ModifyTable") return [];
      return [{ table, columns: [...new Set([...comparedIn(node), ...joinedOn(node, joins)])] }];
    });
  });
}

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  Alias?: string;
  "Index Cond"?: string;
  Filter?: string;
  "Join Filter"?: string;
  "Hash Cond"?: string;
  "Merge Cond"?: string;
  Plans?: PlanNode[];
}

function flat(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flat)];
}

/** A bitmap's conditions stand below the node that names the table; of an "or", only what all of its parts compare. */
function comparedIn(node: PlanNode): string[] {
  const bitmaps = (node.Plans ?? []).filter((child) => child["Node Type"].startsWith("Bitmap"));
  const lists = bitmaps.map(comparedIn);
  const [first = [], ...rest] = lists;
  const below =
    node["Node Type"] === "BitmapOr" ? first.filter((one) => rest.every((list) => list.includes(one))) : lists.flat();
  const filter = node.Filter?.includes(" OR ") ? "" : (node.Filter ?? "");
  return [...equalIn(node["Index Cond"] ?? ""), ...equalIn(filter), ...below];
}

/** A table's own columns stand without a name before them. */
function equalIn(condition: string): string[] {
  return [...condition.matchAll(/(?<![.\w])([a-z_]\w*) = /g)].map(([, column = ""]) => column);
}

function joinedOn({ Alias: alias = "" }: PlanNode, joins: string): string[] {
  return [...joins.matchAll(new RegExp(`(?:\\b${alias}\\.(\\w+) = )|(?: = ${alias}\\.(\\w+))`, "g"))].map(
    ([, left, right]) => left ?? right ?? "",
  );
}

/** `LOG:  execute <name>: select …`; the lines of a statement after its first begin with a tab. */
function* statementsIn(text: string): Generator<string> {
  const entries = text.replaceAll("\n\t", "\u0000").split("\n");
  for (const entry of entries) {
    const match = /LOG: {2}(?:execute [^:]+|statement): (.*)$/s.exec(entry);
    const statement = match?.[1]?.replaceAll("\u0000", " ").replaceAll(/\s+/g, " ").trim();
    if (statement !== undefined && /^(select|insert|update|delete|with)\b/i.test(statement)) yield statement;
  }
}

function sizeOf(path: string): number {
  const file = openSync(path, "r");
  try {
    return fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}

function readFrom(path: string, from: number): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(fstatSync(file).size - from);
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}
