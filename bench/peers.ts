import { chmodSync, mkdtempSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { removeBenchFolder } from "./remove-folder.ts";
import { canPin, refuseTmpfs } from "./send/processes.ts";
import { startEjabberd } from "./peers/ejabberd.ts";
import { measureIdlePeer, measurePeer, type PeerFigures, type Start } from "./peers/measure.ts";
import { installPackages, missingPackages, packageVersions, peerPackages } from "./peers/packages.ts";
import { startProsody } from "./peers/prosody.ts";
import { startOurs } from "./peers/sotto.ts";
import { peersTable, type PeerRow } from "./peers/table.ts";

const help = `npm run bench -- peers [options]

  Sotto, ejabberd and Prosody, one after the other on one core with their database: the same closed-loop driver, the same
  PostgreSQL with the same durable settings, every message in the archive. What it means and what it does not is in
  docs/benchmarks.md; the peers' configuration is in bench/peers/.

  --install          install Debian's packages of the peers where they are missing, and purge them afterwards
                     (needs root; no service is started): ${peerPackages.join(", ")}
  --keep             leave what was installed
  --only NAMES       of sotto,ejabberd,prosody
  --connections LIST in pairs (200,500)
  --outstanding N    messages under way on each (4)
  --seconds N        measured, after the warm-up (10)
  --warm-up N        seconds (3)
  --rounds N         each so often, the best of each server counts: for a machine that others use too (1)
  --idle N           idle connections for the memory of one, 0 to leave it out (2000)
  --data DIR         where the databases lie while it runs; not in memory (/var/tmp)
  --markdown         print the table of docs/benchmarks.md as well`;

const servers = { sotto: startOurs, ejabberd: startEjabberd, prosody: startProsody } satisfies Record<string, Start>;
type Name = keyof typeof servers;

/** Prints progress to stderr, and the figures as one line of JSON last. */
export async function run(argv: string[]): Promise<void> {
  const options = parseOptions(argv);
  if (options.help) return console.log(help);
  await refuseTmpfs(options.data);
  const missing = options.names.every((name) => name === "sotto") ? [] : missingPackages();
  if (missing.length > 0 && !options.install) {
    console.error(
      `These Debian packages are missing: ${missing.join(", ")}.\n` +
        "With --install they are installed with apt-get (as root, no service is started) and purged after the run.",
    );
    process.exitCode = 2;
    return;
  }
  const folder = mkdtempSync(join(options.data, "sotto-peers-"));
  let purge = () => {};
  const cleanUp = () => {
    removeBenchFolder(folder);
    purge();
  };
  // The servers go with this process.
  const interrupted = () => {
    cleanUp();
    process.exit(130);
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    // The servers run as somebody who is not us.
    chmodSync(folder, 0o755);
    if (missing.length > 0) {
      const uninstall = await installPackages(missing);
      if (!options.keep) purge = uninstall;
    }
    await report({ ...options, data: folder });
  } finally {
    cleanUp();
  }
}

async function report(options: Options): Promise<void> {
  const versions = packageVersions();
  const rows = await measureAll(options);
  for (const row of rows.filter(({ delivered, archived }) => delivered !== archived)) {
    console.error(`${row.name}: ${row.delivered} delivered and ${row.archived} in the archive: not the same work`);
    process.exitCode = 1;
  }
  if (options.markdown) console.log(`${machine()}\n\n${peersTable(rows)}\n`);
  console.log(JSON.stringify({ ...headline(rows), pinned: canPin(), machine: machine(), versions, rows }));
}

type Options = ReturnType<typeof parseOptions>;

function parseOptions(argv: string[]) {
  const { values } = parseArgs({
    args: argv,
    options: {
      help: { type: "boolean", short: "h", default: false },
      install: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      only: { type: "string", default: Object.keys(servers).join(",") },
      connections: { type: "string", default: "200,500" },
      outstanding: { type: "string", default: "4" },
      seconds: { type: "string", default: "10" },
      "warm-up": { type: "string", default: "3" },
      rounds: { type: "string", default: "1" },
      idle: { type: "string", default: "2000" },
      data: { type: "string", default: "/var/tmp" },
    },
  });
  const { help: wantsHelp, install, keep, markdown, data } = values;
  return {
    help: wantsHelp,
    install,
    keep,
    markdown,
    data,
    names: values.only.split(",").map(toName),
    connections: values.connections.split(",").map(Number),
    outstanding: Number(values.outstanding),
    measureMs: Number(values.seconds) * 1000,
    warmUpMs: Number(values["warm-up"]) * 1000,
    rounds: Number(values.rounds),
    idle: Number(values.idle),
  };
}

function toName(text: string): Name {
  if (text === "sotto" || text === "ejabberd" || text === "prosody") return text;
  throw new Error(`there is no server ${text}: sotto, ejabberd, prosody`);
}

async function measureAll(options: Options): Promise<PeerRow[]> {
  const best = new Map<string, { name: Name; figures: PeerFigures }>();
  for (let round = 0; round < options.rounds; round += 1) {
    for (const connections of options.connections) {
      for (const name of options.names) {
        const figures = await measurePeer(servers[name], { ...options, connections });
        console.error(`${name}: ${JSON.stringify(figures)}`);
        const key = `${connections} ${name}`;
        const known = best.get(key)?.figures.deliveredPerSecond ?? 0;
        if (figures.deliveredPerSecond > known) best.set(key, { name, figures });
      }
    }
  }
  const idle = await measureIdle(options);
  return [...best.values()].map(({ name, figures }) => ({
    name,
    ...figures,
    bytesPerIdleConnection: idle.get(name) ?? null,
  }));
}

async function measureIdle({ names, idle, data }: Options): Promise<Map<Name, number>> {
  const bytes = new Map<Name, number>();
  if (idle === 0) return bytes;
  for (const name of names) {
    bytes.set(name, await measureIdlePeer(servers[name], { data, connections: idle }));
    console.error(`${name}: ${bytes.get(name)} bytes an idle connection, ${idle} of them`);
  }
  return bytes;
}

/** Of several numbers of connections the one that is worst for us. */
function headline(rows: readonly PeerRow[]) {
  const rate = (name: Name, connections: number) =>
    rows.find((row) => row.name === name && row.connections === connections)?.deliveredPerSecond ?? Number.NaN;
  const counts = [...new Set(rows.map((row) => row.connections))];
  const ratioTo = (peer: Name) =>
    Math.min(...counts.map((count) => Number((rate("sotto", count) / rate(peer, count)).toFixed(2))));
  return {
    deliveredPerSecond: Math.min(...counts.map((count) => rate("sotto", count))),
    ratioToEjabberd: ratioTo("ejabberd"),
    ratioToProsody: ratioTo("prosody"),
  };
}

function machine(): string {
  const all = cpus();
  return `${all[0]?.model.trim() ?? "unknown"}, ${all.length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}
