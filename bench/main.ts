import { parseArgs } from "node:util";

/** `npm run bench -- NAME [options]`: one file a benchmark; each prints its figures as one line of JSON last. */
const benchmarks = {
  send: {
    about: "messages a second over sockets, against a bare server of the same shape",
    load: async () => await import("./send.ts"),
  },
  peers: {
    about: "the same load on Sotto, ejabberd and Prosody, archive on, one core each with its database",
    load: async () => await import("./peers.ts"),
  },
  scale: {
    about: "what a message costs against members, history, connections and nodes",
    load: async () => await import("./scale.ts"),
  },
  history: {
    about: "the inbox, history and search of somebody with 1,000 messages, and of somebody with a million",
    load: async () => await import("./history.ts"),
  },
  photos: {
    about: "photos a second through the pipeline, against bare sharp",
    load: async () => await import("./photos.ts"),
  },
} as const;

void main(process.argv.slice(2));

async function main(argv: string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: argv,
    allowPositionals: true,
    strict: false,
    options: { help: { type: "boolean", short: "h" } },
  });
  const name = positionals[0];
  if (name === undefined || !isBenchmark(name)) {
    console.log(
      `npm run bench -- NAME [options]\n\n${Object.entries(benchmarks)
        .map(([one, { about }]) => `  ${one.padEnd(10)}${about}`)
        .join("\n")}\n\n  NAME --help lists a benchmark's options.`,
    );
    process.exitCode = values["help"] ? 0 : 2;
    return;
  }
  const benchmark = await benchmarks[name].load();
  await benchmark.run(argv.slice(argv.indexOf(name) + 1));
}

function isBenchmark(name: string): name is keyof typeof benchmarks {
  return Object.hasOwn(benchmarks, name);
}
