/** Who runs the embedded server. PostgreSQL refuses to run as root, so root lends it to an unprivileged user. */
export interface DatabaseUser {
  name: string;
  /** Undefined: this process's own user. */
  ids: { uid: number; gid: number } | undefined;
}

export function databaseUser(): DatabaseUser {
  if (process.getuid?.() !== 0) return { name: "this user", ids: undefined };
  for (const name of ["nobody", "postgres", "daemon"]) {
    const uid = id("-u", name);
    const gid = id("-g", name);
    if (uid !== undefined && gid !== undefined && uid !== 0) return { name, ids: { uid, gid } };
  }
  throw new Error(
    "The embedded PostgreSQL cannot run as root, and this machine has no user nobody: start Sotto as another user.",
  );
}

/** Whether that user can walk to a folder and read it: asked of the system, which knows about ACLs and mounts. */
export function canReach(user: DatabaseUser, folder: string): boolean {
  if (user.ids === undefined) return true;
  const check = Bun.spawnSync(["/bin/sh", "-c", 'test -x "$0" && test -r "$0"', folder], { cwd: "/", ...user.ids });
  return check.exitCode === 0;
}

function id(flag: "-u" | "-g", name: string): number | undefined {
  const run = Bun.spawnSync(["id", flag, name], { stderr: "ignore" });
  return run.exitCode === 0 ? Number(run.stdout.toString().trim()) : undefined;
}
