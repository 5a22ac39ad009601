import { hkdfSync, randomBytes, scryptSync } from "node:crypto";

/** Words that are guessed one at a time at this price: 32 MB and some 60 ms each. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const keyBytes = 32;

export interface BackupKey {
  /** Kept in the manifest; hex. */
  salt: string;
  /** One for each use: a file's name, or the manifest. */
  derive(use: string): Buffer;
}

/** From the operator's words. Without a salt a fresh one is made: two backups with the same words share no key. */
export function backupKey(words: string, salt = randomBytes(16).toString("hex")): BackupKey {
  const root = scryptSync(words, Buffer.from(salt, "hex"), keyBytes, cost);
  return { salt, derive: (use) => Buffer.from(hkdfSync("sha256", root, "", `sotto:backup:${use}`, keyBytes)) };
}
