import { describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { addTwo, befriendAll, must } from "./api-kit.ts";
import { startLoggedServer } from "./logged-server.ts";
import { until } from "./people.ts";
import { radosgwMissing, s3Url, startRadosgw } from "./radosgw.ts";
import { opensslMissing, tlsFront } from "./tls-front.ts";

const missing = radosgwMissing() ?? opensslMissing();
describe.skipIf(missing !== null)(`S3 over https${missing === null ? "" : `: ${missing}`}`, () => {
  test("an expired certificate: the server starts and carries words, photos are told to come back, the log says why; renewed, all works without a restart", async () => {
    await using s3 = await startRadosgw();
    await using front = await tlsFront(s3.endpoint);
    const address = await s3.bucket();
    await front.show("expired");
    const dataDir = mkdtempSync(join(tmpdir(), "sotto-s3-"));
    chmodSync(dataDir, 0o755);
    const env = { S3_URL: s3Url({ ...address, endpoint: front.url }), NODE_EXTRA_CA_CERTS: front.caFile };
    const server = await startLoggedServer({ dataDir, env });
    try {
      const { url } = server;
      const database = server.open();
      const [owner, friend] = await addTwo(database);
      await befriendAll(database.sql, [[owner, friend]]);
      await database.close();
      const photo = await drawPhoto({ seed: 6, width: 1200, height: 900, exif: true });
      const say = async (clientId: string, mediaIds: string[] = []) =>
        (await must(url, owner, "messages.sendToPerson", { personId: friend.id, clientId, text: "words", mediaIds }))
          .message;
      const bearer = { authorization: `Bearer ${owner.token}` };
      const upload = async () =>
        await fetch(`${url}/v1/uploads`, {
          method: "POST",
          headers: {
            ...bearer,
            "tus-resumable": "1.0.0",
            "upload-length": String(photo.length),
            "content-type": "application/offset+octet-stream",
          },
          body: new Uint8Array(photo),
        });
      const problemOf = async (answer: Response) => {
        const { code, retryAt } = (await answer.json()) as { code: string; retryAt?: string };
        return [answer.status, code, Date.parse(retryAt ?? "") > Date.now()];
      };

      await say("before");
      const refused = await problemOf(await upload());
      await front.show("good");
      const id = (await upload()).headers.get("location")?.split("/").at(-1) ?? "";
      await until(
        "the photo is ready",
        async () => (await must(url, owner, "media.get", { mediaId: id })).state === "ready",
        40_000,
      );
      await say("with-a-photo", [id]);
      const read = async () => await fetch(`${url}/v1/media/${id}/list`, { headers: bearer });
      expect((await read()).status).toBe(200);
      await front.show("expired");
      const away = await problemOf(await read());
      await say("while-it-is-expired");
      await front.show("good");
      expect((await read()).status).toBe(200);

      const aboutIt = () => server.log().filter(({ msg }) => msg.includes("certificate"));
      await until("the log has both", () => aboutIt().length >= 2);
      const said = aboutIt();
      console.log(
        `expired certificate of S3: upload ${refused.join(" ")}, photo ${away.join(" ")}; in the log, ${said.length} times: ${said[0]?.msg}`,
      );
      expect([refused, away]).toEqual([
        [503, "unavailable", true],
        [503, "unavailable", true],
      ]);
      expect(said.length).toBe(2);
      expect(said[0]?.msg).toContain("has expired");
      expect(server.logText()).not.toContain(address.secretAccessKey);
      expect(server.logText()).not.toContain(encodeURIComponent(address.secretAccessKey));
    } finally {
      await server[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 120_000);
});
