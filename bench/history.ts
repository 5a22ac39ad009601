import { chmod, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { connect } from "../apps/server/src/db/connect.ts";
import { silentLog } from "../apps/server/src/log.ts";
import { fill, type Filled, type Size } from "./history/fill.ts";
import { readings, type Reading } from "./history/readings.ts";
import { removeBenchFolder } from "./remove-folder.ts";
import { refuseTmpfs } from "./send/processes.ts";

const help = `npm run bench -- history [options]

  What opening the inbox, paging through history and searching cost somebody with 1,000 messages in 100 conversations, and
  somebody with a million of each: medians of the server's own work, the database's included, asked in turns.

  --messages N        of the large one (1000000: some minutes and 6 GB of disk)
  --conversations N   of the large one (1000000)
  --rounds N          each asks everything ten times (30)
  --data DIR          where the databases lie while it runs; not in memory (/var/tmp)`;

const askedInARow = 10;

/** Prints progress to stderr, a table, and the figures as one line of JSON last. */
export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      help: { type: "boolean", short: "h" },
      messages: { type: "string", default: "1000000" },
      conversations: { type: "string", default: "1000000" },
      rounds: { type: "string", default: "30" },
      data: { type: "string", default: "/var/tmp" },
    },
  });
  if (values.help) return console.log(help);
  await refuseTmpfs(values.data);
  const sizes: Size[] = [
    { messages: 1_000, conversations: 100 },
    { messages: Number(values.messages), conversations: Number(values.conversations) },
  ];
  const folder = await mkdtemp(join(values.data, "sotto-history-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => removeBenchFolder(folder));
  stopOnInterrupt(stack);
  await chmod(folder, 0o755);
  const people: { size: Size; filled: Filled; asked: Reading[] }[] = [];
  for (const [n, size] of sizes.entries()) {
    const config = { databaseUrl: undefined, dataDir: join(folder, String(n)), databaseConnections: 4 };
    const database = stack.use(await connect(config, silentLog()));
    const filled = await fill(database.sql, size);
    people.push({ size, filled, asked: readings(database.sql, filled) });
  }
  const figures = await measure(people, Number(values.rounds));
  print(sizes, figures);
}

/** Ctrl-C, or an end from outside, stops the databases and removes their folder. */
function stopOnInterrupt(stack: AsyncDisposableStack): void {
  const stop = () => void stack.disposeAsync().finally(() => process.exit(130));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

/** Milliseconds by what was asked, for the small and the large one. */
type Figures = Map<string, number[]>;

/** In turns, so that whatever else the machine does meets both. */
async function measure(people: readonly { asked: Reading[] }[], rounds: number): Promise<Figures> {
  const times = new Map<string, number[][]>();
  for (let round = -2; round < rounds; round += 1) {
    if (round % 10 === 0) console.error(`history: round ${round} of ${rounds}`);
    for (const [at, { asked }] of people.entries())
      for (const { name, ask } of asked) {
        const each = times.get(name) ?? people.map((): number[] => []);
        times.set(name, each);
        for (let n = 0; n < askedInARow; n += 1) {
          const beganMs = performance.now();
          await ask();
          // The first two rounds warm up.
          if (round >= 0) each[at]?.push(performance.now() - beganMs);
        }
      }
  }
  return new Map([...times].map(([name, each]) => [name, each.map(median)]));
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(sizes: readonly Size[], figures: Figures): void {
  const ratioOf = (name: string) => {
    const [small = Number.NaN, large = Number.NaN] = figures.get(name) ?? [];
    return Number((large / small).toFixed(2));
  };
  const head = sizes.map(({ messages, conversations }) => `${messages} in ${conversations}`.padStart(20)).join("");
  console.log(`${"median, ms".padEnd(22)}${head}${"ratio".padStart(8)}`);
  for (const [name, each] of figures)
    console.log(
      `${name.padEnd(22)}${each.map((ms) => ms.toFixed(2).padStart(20)).join("")}${String(ratioOf(name)).padStart(8)}`,
    );
  const ms = Object.fromEntries([...figures].map(([name, each]) => [name, each.map((one) => Number(one.toFixed(3)))]));
  console.log(
    JSON.stringify({
      inboxRatio: ratioOf("inbox"),
      historyRatio: ratioOf("history"),
      searchRatio: ratioOf("search, rare"),
      commonSearchRatio: ratioOf("search, common"),
      medianMs: ms,
      sizes,
    }),
  );
}
