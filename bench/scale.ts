import { chmod, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { removeBenchFolder } from "./remove-folder.ts";
import { canPin, refuseTmpfs } from "./send/processes.ts";
import { connectionsCurve } from "./scale/connections.ts";
import { groupCurve } from "./scale/groups.ts";
import { historyCurve } from "./scale/history.ts";
import type { ScalePoint, ScaleShape } from "./scale/measure.ts";
import { nodesCurve, whyNoNodes } from "./scale/nodes.ts";
import { scaleTable } from "./scale/table.ts";
import { underWayCurve } from "./scale/under-way.ts";

const help = `npm run bench -- scale [options]

  What a message costs, in CPU of the server and its database, against the members of the conversation, the messages that
  are there, the connections that are open, the messages under way, and the nodes (which need nats-server on the PATH).

  --only NAMES          of groups,history,connections,load,nodes
  --groups LIST         members (2,10,50,200,1000)
  --history-most N      messages, from a thousand in steps of ten times (10000000: some minutes and 4 GB of disk)
  --connections LIST    (100,1000,5000,15000)
  --under-way LIST      messages at once, for load (1,8,80,800,4000)
  --nodes LIST          (1,2,3)
  --seconds N           measured at each point, after the warm-up (5)
  --warm-up N           seconds (2)
  --data DIR            where the databases lie while it runs; not in memory (/var/tmp)`;

/** Prints progress to stderr, a table, and the figures as one line of JSON last. */
export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      help: { type: "boolean", short: "h" },
      only: { type: "string", default: "groups,history,connections,load,nodes" },
      groups: { type: "string", default: "2,10,50,200,1000" },
      "history-most": { type: "string", default: "10000000" },
      connections: { type: "string", default: "100,1000,5000,15000" },
      "under-way": { type: "string", default: "1,8,80,800,4000" },
      nodes: { type: "string", default: "1,2,3" },
      seconds: { type: "string", default: "5" },
      "warm-up": { type: "string", default: "2" },
      data: { type: "string", default: "/var/tmp" },
    },
  });
  if (values.help) return console.log(help);
  await refuseTmpfs(values.data);
  const shape: ScaleShape = { warmUpMs: Number(values["warm-up"]) * 1000, measureMs: Number(values.seconds) * 1000 };
  const wanted = new Set(values.only.split(","));
  const folder = await mkdtemp(join(values.data, "sotto-scale-"));
  try {
    await chmod(folder, 0o755);
    const curves: Record<string, ScalePoint[]> = {};
    if (wanted.has("groups")) curves["members"] = await groupCurve(folder, numbers(values.groups), shape);
    if (wanted.has("history")) curves["messages"] = await historyCurve(folder, lengths(values["history-most"]), shape);
    if (wanted.has("connections"))
      curves["connections"] = await connectionsCurve(folder, numbers(values.connections), shape);
    if (wanted.has("load")) curves["under way"] = await underWayCurve(folder, numbers(values["under-way"]), shape);
    const skipped = wanted.has("nodes") ? whyNoNodes() : null;
    if (skipped !== null) console.error(`nodes: skipped: ${skipped}`);
    else if (wanted.has("nodes")) curves["nodes"] = await nodesCurve(folder, numbers(values.nodes), shape);
    console.log(`${scaleTable(curves)}\n`);
    console.log(JSON.stringify({ ...curves, pinned: canPin(), ...(skipped !== null && { nodesSkipped: skipped }) }));
  } finally {
    removeBenchFolder(folder);
  }
}

function numbers(list: string): number[] {
  return list.split(",").map(Number);
}

function lengths(most: string): number[] {
  const all: number[] = [];
  for (let length = 1_000; length <= Number(most); length *= 10) all.push(length);
  return all;
}
