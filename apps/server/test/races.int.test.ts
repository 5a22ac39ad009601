import { afterAll, beforeAll, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { raceBlocks, raceFirstContacts } from "./races-kit.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

test("T8 2,000 blocks against sends under way: nothing is stored after the acknowledged block", async () => {
  await raceBlocks(server, 2_000);
}, 180_000);

test("T8 first contacts against blocks: nothing is stored after the acknowledged block", async () => {
  await raceFirstContacts(server, 300);
}, 60_000);
