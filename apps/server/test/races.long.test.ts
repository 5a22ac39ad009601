import { afterAll, beforeAll, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { raceBlocks, raceFirstContacts } from "./races-kit.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

test("T8 10,000 races of blocks with sends: nothing is stored after the acknowledged block", async () => {
  await raceBlocks(server, 9_000);
  await raceFirstContacts(server, 1_000);
}, 900_000);
