import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { takeBack, type TakenBack } from "./take-back.ts";

/** Why the power cut cannot be had here; null when it can. */
export const noFileLayer: string | null =
  process.platform === "linux" && Bun.which("cc") !== null ? null : "needs Linux and a C compiler (cc)";

export interface FileLayer {
  /** For the processes whose writes it keeps. */
  env: Record<string, string>;
  /** After everything was killed. */
  takeBack(): TakenBack;
}

/** Builds the layer into `dir`, for files under `root`. Both may be anybody's who writes them. */
export async function buildFileLayer(options: { dir: string; root: string }): Promise<FileLayer> {
  const { dir, root } = options;
  const [library, journal] = [join(dir, "keep-old-bytes.so"), join(dir, "power.journal")];
  const source = join(import.meta.dir, "keep-old-bytes.c");
  const words = ["cc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source, "-ldl"];
  const built = Bun.spawnSync(words, { stderr: "pipe" });
  if (built.exitCode !== 0) throw new Error(`the file layer cannot be built: ${built.stderr.toString()}`);
  chmodSync(library, 0o755);
  writeFileSync(journal, "");
  chmodSync(journal, 0o666);
  return {
    env: { LD_PRELOAD: library, SOTTO_TEST_POWER_JOURNAL: journal, SOTTO_TEST_POWER_ROOT: root },
    takeBack: () => takeBack(journal),
  };
}
