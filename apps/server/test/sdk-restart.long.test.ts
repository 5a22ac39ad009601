import { expect, test } from "bun:test";
import type { ConversationHandle } from "@sotto/sdk/interface.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { clientOf, befriend, signUp, until } from "./people.ts";
import { serverProcess } from "./server-process.ts";

test("C17, R13, R26: two clients write while the server is killed three times and stopped once; one copy of each, nothing lost", async () => {
  await using server = await serverProcess({ SOTTO_LIMIT_SENDS_PER_SECOND: "1000" });
  await server.start();
  const { url } = server;
  const [anna, ben] = [await signUp(url, "anna"), await signUp(url, "ben")];
  await befriend(url, anna, ben);
  const [annas, bens] = [clientOf(url, anna), clientOf(url, ben)];
  const [toBen, toAnna] = [annas.withPerson(ben.id), bens.withPerson(anna.id)];
  annas.start();
  bens.start();
  await Promise.all([toBen.open(), toAnna.open()]);
  const photo = new File(
    [(await drawPhoto({ seed: 9, width: 1600, height: 1200, exif: true })).slice()],
    "harbour.jpg",
  );
  const written: string[] = [];
  const write = async (count: number) => {
    for (let n = 0; n < count; n++) {
      const text = String(written.length);
      const handle = n % 2 === 0 ? toBen : toAnna;
      written.push(handle.send({ text, files: n % 20 === 10 ? [photo] : [] }));
      await Bun.sleep(10);
    }
  };
  for (const signal of ["SIGKILL", "SIGKILL", "SIGTERM", "SIGKILL"] as const) {
    const writing = write(40);
    await Bun.sleep(200);
    await server.kill(signal);
    await server.start();
    await writing;
  }
  const acknowledged = toBen.state.get().messages.length;
  await until("everything sent", () => idle(toBen) && idle(toAnna), 40_000);
  await until("both hold all", () =>
    [toBen, toAnna].every((one) => one.state.get().messages.length === written.length),
  );
  const [ofAnna, ofBen] = [toBen, toAnna].map((one) => one.state.get().messages.map((message) => message.text));
  expect(ofBen).toEqual(ofAnna);
  const own = [anna, ben].map(({ id }) => toBen.state.get().messages.filter((one) => one.senderId === id));
  for (const messages of own) {
    const numbers = messages.map((one) => Number(one.text));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  }
  const photos = toAnna.state.get().messages.filter((one) => one.media.length === 1).length;
  console.log(
    `${written.length} written, ${photos} with a photo, 4 stops, ${acknowledged} there at the last start; lost 0, twice 0`,
  );
  expect(new Set(ofAnna).size).toBe(written.length);
  expect(photos).toBe(8);
  annas.stop();
  bens.stop();
}, 120_000);

function idle(handle: ConversationHandle): boolean {
  return handle.state.get().outgoing.length === 0;
}
