import { join } from "node:path";
import { expect, test } from "bun:test";
import { signUpPerson } from "./account-kit.ts";
import { addPeople, befriendAll, must } from "./api-kit.ts";
import { backUp, bringLedger, emptyPlace, freshFolder, restoreInto, serve, signInAgain } from "./backup-kit.ts";
import { columnsHolding } from "./log-kit.ts";

const password = "a long enough password";
const canary = "Canaryname";

test("R18 T36 an account that was deleted after the backup stays deleted in what is restored from it", async () => {
  await using folder = await freshFolder();
  await using here = await emptyPlace();
  const server = await serve(here);
  const ann = await signUpPerson(server.url, "ann", password);
  const [ben] = await addPeople(here.database, 1);
  if (!ben) throw new Error("nobody");
  await befriendAll(here.database.sql, [[ann, ben]]);
  await must(server.url, ann, "me.update", { name: canary });
  const { message } = await must(server.url, ann, "messages.sendToPerson", {
    personId: ben.id,
    clientId: "one",
    text: "kept",
  });
  const dir = join(folder.dir, "today");
  await backUp(here, dir);
  await must(server.url, ann, "me.delete", { password });
  await server.stop();

  await using there = await emptyPlace();
  bringLedger(here, there);
  const restored = await restoreInto(there, dir);
  const { searched, found } = await columnsHolding(there.database.sql, canary);
  console.log(
    `T36 R18: the name of a deleted account stands in ${found.length} of ${searched} columns after the restore`,
  );
  expect([restored.accountsDeleted, found]).toEqual([1, []]);
  const again = await serve(there);
  const benAgain = await signInAgain(there, ben);
  const { conversation } = await must(again.url, benAgain, "conversations.get", {
    conversationId: message.conversationId,
  });
  expect([conversation.people[0]?.deleted, conversation.lastMessage?.text]).toEqual([true, "kept"]);
  await again.stop();
}, 60_000);
