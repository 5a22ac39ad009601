import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { must } from "./api-kit.ts";
import { residentMb } from "./bystanders.ts";
import { hostilePaths } from "./hostile-site.ts";
import { serverProcess, type ServerProcess } from "./server-process.ts";

/** T11: the whole program, in a process of its own, against a site of the worst kind in another one. */
let site: Bun.Subprocess<"ignore", "pipe", "inherit">;
let server: ServerProcess;
let sitePort: string;
beforeAll(async () => {
  site = Bun.spawn([process.execPath, join(import.meta.dir, "hostile-site.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of site.stdout) {
    sitePort = new TextDecoder().decode(line).trim();
    break;
  }
  server = await serverProcess({ SOTTO_ALLOW_INTERNAL: `127.0.0.1:${sitePort}`, SOTTO_LIMIT_SIGN_UPS_PER_HOUR: "100" });
  await server.start();
}, 60_000);
afterAll(async () => {
  site.kill();
  await server[Symbol.asyncDispose]();
});

async function somebody(username: string) {
  const { token } = await must(server.url, null, "auth.signUp", {
    username,
    name: username,
    password: "three calm words",
    credential: "bearer",
    device: "Test",
  });
  return { token: token ?? "" };
}

test("T11 pages and images of every kind: restarts of the server = 0, and others do not wait", async () => {
  const pid = server.pid();
  const people = await Promise.all(["ada", "ines", "tomas", "lea"].map(somebody));
  const quiet = await stalls(1_500);
  const before = residentMb(pid);
  let running = true;
  const noticed = stallsWhile(() => running);
  const beganMs = performance.now();
  const outcomes = await Promise.all(
    hostilePaths.map(async (path, at) => {
      const who = people[at % people.length] ?? { token: "" };
      const url = `http://127.0.0.1:${sitePort}${path}`;
      const { preview } = await must(server.url, who, "linkPreviews.create", { url });
      return { path, shown: preview === null ? "nothing" : `"${preview.title.slice(0, 12)}"`, image: preview?.image };
    }),
  );
  running = false;
  const busy = await noticed;
  const tookMs = Math.round(performance.now() - beganMs);
  console.info(`T11 ${outcomes.map(({ path, shown }) => `${path} ${shown}`).join(", ")}`);
  console.info(
    `T11 ${hostilePaths.length} hostile pages in ${tookMs} ms: restarts of the server = ${server.pid() === pid ? 0 : 1}; ` +
      `longest stall ${quiet.longestMs} ms before, ${busy.longestMs} ms during (${busy.asked} probes, ${busy.failed} failed); ` +
      `memory ${Math.round(before)} → ${Math.round(residentMb(pid))} MB`,
  );
  expect(outcomes.filter(({ image }) => image !== null && image !== undefined)).toEqual([]);
  expect({ failed: busy.failed, alive: (await fetch(`${server.url}/readyz`)).ok }).toEqual({ failed: 0, alive: true });
  expect(childrenOf(pid)).toBe(0);
}, 90_000);

/** Of pages: a worker's photo child may stand ready. */
function childrenOf(pid: number): number {
  const { stdout } = Bun.spawnSync(["pgrep", "-f", "-P", String(pid), "look-child"]);
  return stdout.toString().split("\n").filter(Boolean).length;
}

async function stalls(forMs: number) {
  const untilMs = performance.now() + forMs;
  return await stallsWhile(() => performance.now() < untilMs);
}

/** The longest that a small answer took: what the event loop kept waiting. */
async function stallsWhile(running: () => boolean) {
  let [longestMs, asked, failed] = [0, 0, 0];
  while (running()) {
    const startedMs = performance.now();
    const answer = await fetch(`${server.url}/healthz`).catch(() => null);
    longestMs = Math.max(longestMs, Math.round(performance.now() - startedMs));
    asked += 1;
    if (!answer?.ok) failed += 1;
    await Bun.sleep(5);
  }
  return { longestMs, asked, failed };
}
