import { expect, test } from "bun:test";
import { createSession } from "../src/auth/sessions.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { startTestServer } from "../src/test-server.ts";
import { addPeople, must, type Somebody } from "./api-kit.ts";
import { until } from "./people.ts";

test("C31 a session that ends in mid-upload loses nothing: the same person goes on after signing in", async () => {
  await using server = await startTestServer();
  const [who, other] = (await addPeople(server.database, 2)) as [Somebody, Somebody];
  const photo = await drawPhoto({ seed: 3, width: 900, height: 600, exif: true });
  const half = Math.floor(photo.length / 2);
  const ask = async (
    method: string,
    path: string,
    token: string,
    headers: Record<string, string> = {},
    body?: Uint8Array,
  ) =>
    await fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "tus-resumable": "1.0.0", ...headers },
      ...(body && { body: new Uint8Array(body) }),
    });
  const bytes = { "content-type": "application/offset+octet-stream" };
  const created = await ask("POST", "/v1/uploads", who.token, { "upload-length": String(photo.length) });
  const mediaId = created.headers.get("location")?.split("/").at(-1) ?? "";
  const path = `/v1/uploads/${mediaId}`;
  expect(
    (await ask("PATCH", path, who.token, { ...bytes, "upload-offset": "0" }, photo.subarray(0, half))).status,
  ).toBe(204);
  await must(server.url, who, "auth.signOut", {});

  const rest = { ...bytes, "upload-offset": String(half) };
  const refused = await ask("PATCH", path, who.token, rest, photo.subarray(half));
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([401, "unauthenticated"]);
  expect((await ask("PATCH", path, other.token, rest, photo.subarray(half))).status).toBe(404);

  const { token } = await createSession(server.database.sql, { personId: who.id, device: "again" });
  expect((await ask("HEAD", path, token)).headers.get("upload-offset")).toBe(String(half));
  expect((await ask("PATCH", path, token, rest, photo.subarray(half))).status).toBe(204);
  let state = "";
  await until("it is ready", async () => {
    ({ state } = await must(server.url, { token }, "media.get", { mediaId }));
    return state === "ready";
  });
  expect(state).toBe("ready");
}, 60_000);
