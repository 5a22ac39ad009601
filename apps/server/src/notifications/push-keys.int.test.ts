import { expect, test } from "bun:test";
import { testDatabase } from "../test-database.ts";
import { readPushKeys } from "./push-keys.ts";

test("processes that start at once have one key pair, which stays", async () => {
  const database = await testDatabase({ max: 8 });
  const keys = await Promise.all(Array.from({ length: 8 }, async () => await readPushKeys(database.sql)));
  expect(new Set(keys.map((one) => `${one.publicKey} ${one.privateKey}`)).size).toBe(1);
  expect(await readPushKeys(database.sql)).toEqual(keys[0] ?? { publicKey: "", privateKey: "" });
  await database.close();
});
