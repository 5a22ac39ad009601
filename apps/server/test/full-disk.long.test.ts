import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createDiskBlobs } from "../src/adapters/blobs-disk.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { BlobsFull } from "../src/ports/blobs.ts";
import { startTestServer } from "../src/test-server.ts";
import { addPeople, befriendAll, must, type Somebody } from "./api-kit.ts";
import { until } from "./people.ts";
import { mountMissing, smallDisk } from "./small-disk.ts";

const missing = mountMissing();
describe.skipIf(missing !== null)(`the disk of the photos is full${missing === null ? "" : `: ${missing}`}`, () => {
  test("uploads are refused with a time to come back, messages go on, and with room again all of it works; files left over 0", async () => {
    // Larger than what uploads leave free for the rest.
    using disk = smallDisk({ sizeMb: 320 });
    await using server = await startTestServer({ config: { dataDir: disk.dir } });
    const [owner, friend] = (await addPeople(server.database, 2)) as [Somebody, Somebody];
    await befriendAll(server.database.sql, [[owner, friend]]);
    const photo = await drawPhoto({ seed: 4, width: 2600, height: 2000, exif: true });
    const half = Math.floor(photo.length / 2);

    async function tus(asked: { method: string; id?: string; headers?: Record<string, string>; body?: Uint8Array }) {
      const { method, id, headers, body } = asked;
      return await fetch(`${server.url}/v1/uploads${id === undefined ? "" : `/${id}`}`, {
        method,
        headers: { authorization: `Bearer ${owner.token}`, "tus-resumable": "1.0.0", ...headers },
        ...(body && { body: new Uint8Array(body) }),
      });
    }
    const begin = async () => await tus({ method: "POST", headers: { "upload-length": String(photo.length) } });
    const idOf = (created: Response) => created.headers.get("location")?.split("/").at(-1) ?? "";
    const offsetOf = async (id: string) => Number((await tus({ method: "HEAD", id })).headers.get("upload-offset"));
    const patch = async (id: string, offset: number, body: Uint8Array) => {
      const headers = { "content-type": "application/offset+octet-stream", "upload-offset": String(offset) };
      return await tus({ method: "PATCH", id, headers, body });
    };
    const stateOf = async (mediaId: string) => (await must(server.url, owner, "media.get", { mediaId })).state;
    const problemOf = async (answer: Response) => {
      const { code, retryAt } = (await answer.json()) as { code: string; retryAt?: string };
      return [answer.status, code, Date.parse(retryAt ?? "") > Date.now(), answer.headers.has("retry-after")];
    };

    const [broken, arrived] = [idOf(await begin()), idOf(await begin())];
    expect((await patch(broken, 0, photo.subarray(0, half))).status).toBe(204);
    expect((await patch(arrived, 0, photo.subarray(0, half))).status).toBe(204);
    disk.fill();
    const outcomes = [await problemOf(await patch(broken, half, photo.subarray(half))), await problemOf(await begin())];
    expect(outcomes).toEqual([
      [507, "storage_full", true, true],
      [507, "storage_full", true, true],
    ]);
    const { message } = await must(server.url, owner, "messages.sendToPerson", {
      personId: friend.id,
      clientId: "while-full",
      text: "words need no photo disk",
    });
    expect(message.seq).toBe(1);

    // The disk is full again as soon as this one has come in whole: its renditions find no room, and it waits.
    disk.makeRoom();
    const whole = await patch(arrived, await offsetOf(arrived), photo.subarray(await offsetOf(arrived)));
    disk.fill();
    expect(whole.status).toBe(204);
    await Bun.sleep(2_000);
    const waiting = await stateOf(arrived);
    const gone = await tus({ method: "DELETE", id: broken });

    disk.makeRoom();
    await until("the one that waited is ready", async () => (await stateOf(arrived)) === "ready", 40_000);
    const again = idOf(await begin());
    expect((await patch(again, 0, photo)).status).toBe(204);
    await until("a new one is ready", async () => (await stateOf(again)) === "ready", 40_000);
    const files = (name: string) =>
      readdirSync(join(disk.dir, name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name);
    await until("quarantine is empty", () => files("quarantine").length === 0);
    const blobs = files("blobs").toSorted();
    console.log(
      `photo disk full: ${outcomes.map((one) => one.slice(0, 2).join(" ")).join("; ")}; in processing meanwhile: ${waiting}; cancelled: ${gone.status}; ` +
        `with room again both ready; files left over: quarantine ${files("quarantine").length}, blobs ${blobs.length - 6}`,
    );
    expect(["processing", "ready"]).toContain(waiting);
    expect(gone.status).toBe(204);
    expect(blobs).toEqual(["full", "full", "list", "list", "original", "original"]);
  }, 120_000);

  test("writes that fill the disk together: each is whole or BlobsFull, and nothing half-written stays", async () => {
    using disk = smallDisk({ sizeMb: 16 });
    const blobs = await createDiskBlobs({ dir: disk.dir, reserveBytes: 0 });
    const bytes = new Uint8Array(3_000_000).fill(7);
    const keys = Array.from({ length: 12 }, (_, at) => `media/m${at}/list`);
    const outcomes = await Promise.all(
      keys.map(
        async (key) =>
          await blobs.put(key, bytes).then(
            () => "kept",
            (error: unknown) => (error instanceof BlobsFull ? "full" : String(error)),
          ),
      ),
    );
    const kept = outcomes.filter((one) => one === "kept").length;
    const listed = await blobs.list({ prefix: "media/" });
    const halves = readdirSync(join(disk.dir, ".unfinished")).length;
    console.log(
      `12 writes of 3 MB at once on a disk of 16: ${kept} kept, ${outcomes.length - kept} refused, half-written files left ${halves}`,
    );
    expect(new Set(outcomes)).toEqual(new Set(["kept", "full"]));
    expect([halves, listed.length, listed.every(({ sizeBytes }) => sizeBytes === bytes.length)]).toEqual([
      0,
      kept,
      true,
    ]);
  });
});
