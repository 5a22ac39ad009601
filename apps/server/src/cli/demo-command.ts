import type { Command } from "commander";
import { createLog } from "../log.ts";
import { seedDemo } from "./demo.ts";
import { configFrom, runningUrl, withDatabase } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export function addDemoCommand(program: Command, terminal: Terminal): void {
  program
    .command("demo")
    .description("Fill a running server with a small made-up community, as `npm start -- --demo` does.")
    .option("--url <url>", "the server, where it is not this machine's")
    .addHelpText("after", "\nDone once: a second time changes nothing.\n\nExample:\n  $ npm run sotto -- demo")
    .action(async (options: { url?: string }) => {
      const config = configFrom(terminal.env);
      const url = options.url ?? runningUrl(config);
      const log = createLog({ level: "silent", pretty: false });
      const progress = terminal.output.progress("photos");
      const onProgress = (done: number, all: number) => progress.update(done, all);
      const made = await withDatabase(config, (database) => seedDemo({ url, database, log, onProgress })).finally(
        progress.end,
      );
      terminal.output.result(made.words, made);
    });
}
