import { expect, test } from "bun:test";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { addTwo, befriendAll, call, rawRequest } from "./api-kit.ts";
import { startCluster } from "./cluster-kit.ts";
import { noBroker } from "./nats-kit.ts";
import { clientOf, until } from "./people.ts";
import { radosgwMissing, s3Url, startRadosgw } from "./radosgw.ts";
import { rawUpgrade } from "./raw-upgrade.ts";

const missing = noBroker ?? radosgwMissing();
const check = test.skipIf(missing !== null);
const why = missing === null ? "" : ` (skipped: ${missing})`;

check(
  `nodes with one role each serve a conversation with a photo, and keep the doors of the others shut${why}`,
  async () => {
    await using s3 = await startRadosgw();
    await using cluster = await startCluster({
      nodes: [["api"], ["gateway"], ["worker"]],
      env: { S3_URL: s3Url(await s3.bucket()) },
    });
    const [api, gateway, worker] = cluster.nodes.map((node) => node.url) as [string, string, string];
    const [anna, ben] = await addTwo(cluster.database);
    await befriendAll(cluster.database.sql, [[anna, ben]]);
    const [annas, bens] = [clientOf(cluster.url, anna), clientOf(cluster.url, ben)];
    const [toBen, toAnna] = [annas.withPerson(ben.id), bens.withPerson(anna.id)];
    annas.start();
    bens.start();
    await Promise.all([toBen.open(), toAnna.open()]);
    await until("both are online", () => [annas, bens].every((one) => one.connection.get().is === "online"));
    const photo = new File(
      [(await drawPhoto({ seed: 3, width: 1600, height: 1200, exif: true })).slice()],
      "harbour.jpg",
    );
    toBen.send({ text: "look", files: [photo] });
    await until("Ben is shown the photo", () => toAnna.state.get().messages[0]?.media.length === 1, 40_000);
    toAnna.send({ text: "beautiful" });
    await until("Anna is answered", () => toBen.state.get().messages.length === 2);
    const shown = toAnna.state.get().messages[0]?.media[0];
    const path = shown?.renditions.list.url ?? "";
    const served = await rawRequest(api, { method: "GET", path, token: ben.token });
    expect([served.status, served.headers.get("content-type")]).toEqual([200, "image/jpeg"]);

    const shut: Record<string, number> = {};
    const ask = async (name: string, url: string, asked: string) =>
      (shut[name] = (await rawRequest(url, { method: "GET", path: asked, token: ben.token })).status);
    await ask("a command on the gateway", gateway, "/v1/me");
    await ask("a photo on the gateway", gateway, path);
    await ask("the web app on the worker", worker, "/");
    await ask("a command on the worker", worker, "/v1/me");
    shut["a socket on the api"] = await rawUpgrade(api, { path: "/v1/socket?ticket=x&version=1" });
    shut["a socket on the worker"] = await rawUpgrade(worker, { path: "/v1/socket?ticket=x&version=1" });
    const refusal = await call(worker, ben, "me.get", {});
    console.log(`roles apart: a photo was sent and answered; ${JSON.stringify(shut)}; "${refusal.problem?.detail}"`);
    expect(new Set(Object.values(shut))).toEqual(new Set([503]));
    expect(refusal.problem).toMatchObject({ code: "unavailable", detail: expect.stringContaining("worker") });
    for (const url of [api, gateway, worker]) {
      expect((await rawRequest(url, { method: "GET", path: "/healthz" })).status).toBe(200);
      expect((await rawRequest(url, { method: "GET", path: "/readyz" })).status).toBe(200);
    }
    // Taking it back over the gateway's socket deletes the bytes, which only the others hold (T7).
    const sent = toBen.state.get().messages[0];
    if (sent) await toBen.unsend(sent.id);
    expect((await rawRequest(api, { method: "GET", path, token: ben.token })).status).toBe(404);
    await until(
      "its bytes are gone",
      async () => (await cluster.database.sql`select 1 from blob_deletions`).length === 0,
    );
    annas.stop();
    bens.stop();
  },
  180_000,
);
