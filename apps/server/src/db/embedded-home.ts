import { createHash } from "node:crypto";
import { chmod, chown, cp, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Log } from "../log.ts";
import { embeddedBinaries } from "./embedded-binaries.ts";
import { postgresMajor, socketPort } from "./embedded-settings.ts";
import { canReach, type DatabaseUser } from "./embedded-user.ts";

/** Where the embedded server's parts lie. All of it is reachable by `user`, and the two folders are theirs alone. */
export interface EmbeddedHome {
  user: DatabaseUser;
  /** Holds `bin`, `lib`, `share`. */
  binaries: string;
  /** The cluster: made by initdb, 0700. */
  dataDir: string;
  socketDir: string;
  logFile: string;
}

/** Kept in the data folder when the cluster lies elsewhere, so that the folder names its database, also once moved. */
export const locationFile = "postgres.location";
/** The way back: whose database lies here. */
export const ownerFile = "data-folder";
export const placesElsewhere = "/var/lib/sotto";

export async function embeddedHome(options: { folder: string; user: DatabaseUser; log: Log }): Promise<EmbeddedHome> {
  const { folder, user, log } = options;
  await mkdir(folder, { recursive: true });
  const binaries = await embeddedBinaries();
  const parent = canReach(user, folder) ? folder : await elsewhere(folder);
  if (parent !== folder) log.warn(`${user.name} cannot reach ${folder}: the database lies in ${parent}`);
  const home = {
    user,
    binaries: canReach(user, join(binaries, "bin")) ? binaries : await copyBinaries(binaries, user, log),
    dataDir: join(parent, "postgres"),
    socketDir: socketDirFor(join(parent, "postgres-socket")),
    logFile: join(parent, "postgres.log"),
  };
  await ownFolder(home.socketDir, user);
  return home;
}

/** A folder for `user` alone; one that somebody else made there first is refused. */
export async function ownFolder(path: string, user: DatabaseUser): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (user.ids) await chown(path, user.ids.uid, user.ids.gid);
  const found = await stat(path);
  if (found.uid !== (user.ids?.uid ?? process.getuid?.())) throw new Error(`${path} belongs to another user.`);
  await chmod(path, 0o700);
}

async function elsewhere(folder: string): Promise<string> {
  const note = join(folder, locationFile);
  const known = await readFile(note, "utf8").catch(() => undefined);
  const path = known?.trim() || `${placesElsewhere}/${shortHash(`${folder}\n${crypto.randomUUID()}`)}`;
  await mkdir(path, { recursive: true, mode: 0o755 });
  await writeFile(join(path, ownerFile), `${folder}\n`, { mode: 0o644 });
  if (known === undefined) await writeFile(note, `${path}\n`, { mode: 0o644 });
  return path;
}

/** Copied beside and renamed: a copy that was cut off is never taken for a whole one. */
async function copyBinaries(from: string, user: DatabaseUser, log: Log): Promise<string> {
  const version = basename(dirname(from)) + (await readFile(join(dirname(from), "package.json"), "utf8"));
  const path = `${placesElsewhere}/postgres-${postgresMajor}-${shortHash(version)}`;
  if (canReach(user, join(path, "bin"))) return path;
  log.warn(`${user.name} cannot reach ${from}: the database's program is copied to ${path}`);
  const partial = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await cp(from, partial, { recursive: true, verbatimSymlinks: true });
  Bun.spawnSync(["chmod", "-R", "a+rX", partial]);
  await rename(partial, path).catch(() => rm(partial, { recursive: true, force: true }));
  return path;
}

/** A socket's path holds about 104 bytes, and the setting is a list with quotes: anything unusual goes to the temporary folder. */
function socketDirFor(path: string): string {
  const file = `${path}/.s.PGSQL.${socketPort}.lock`;
  if (Buffer.byteLength(file) < 100 && /^[\w./ -]+$/.test(path)) return path;
  const short = join(tmpdir(), `sotto-${shortHash(path)}`);
  return short.length < 80 ? short : `/tmp/sotto-${shortHash(path)}`;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
