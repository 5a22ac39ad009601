import type { Environment } from "./session.ts";
import type { Output } from "./output.ts";

/** Where a command runs: given by `main.ts`, and by the tests. */
export interface Terminal {
  env: Environment;
  output: Output;
  readStdin: () => Promise<string>;
}
