import { afterAll, beforeAll, expect, test } from "bun:test";
import { limits } from "@sotto/protocol/limits.ts";
import { inParallel, openSocket, rawRequest } from "./api-kit.ts";
import { inWords, residentMb } from "./bystanders.ts";
import { besieged, type Besieged } from "./process-kit.ts";
import { rawLine, upgradeRequest } from "./raw-socket.ts";

let siege: Besieged;
beforeAll(async () => {
  siege = await besieged("floods");
}, 60_000);
afterAll(async () => await siege[Symbol.asyncDispose](), 60_000);

/** What it may cost while it lasts, above what the server held before: far below what was thrown at it. */
const costMb = 256;

/** Runs the flood beside somebody calm, and says what it cost. */
async function flooded(name: string, work: () => Promise<string>): Promise<void> {
  const before = { mb: residentMb(siege.pid), times: await siege.quiet() };
  let mostMb = before.mb;
  const watch = setInterval(() => (mostMb = Math.max(mostMb, residentMb(siege.pid))), 50);
  const words = await work();
  clearInterval(watch);
  const during = siege.calm.take();
  console.log(
    `T29 ${name}: ${words}; others ${inWords(before.times)} before, ${inWords(during)} during; memory ${before.mb.toFixed(0)} MB before, ${mostMb.toFixed(0)} at most`,
  );
  expect(siege.calm.failed()).toEqual([]);
  expect(mostMb - before.mb).toBeLessThan(costMb);
  expect((await rawRequest(siege.url, { method: "GET", path: "/readyz" })).status).toBe(200);
}

test("T29 a flood of frames: 20 sockets that ask as fast as they can", async () => {
  await flooded("frames", async () => {
    const sockets = await inParallel(
      Array.from({ length: 20 }),
      5,
      async () => await openSocket(siege.url, siege.world.owner),
    );
    const endMs = performance.now() + 4_000;
    let [answered, refused, lost] = [0, 0, 0];
    await Promise.all(
      sockets.map(async (socket) => {
        while (performance.now() < endMs) {
          const answers = await Promise.all(
            Array.from({ length: limits.outstandingCommands * 2 }, async () => await socket.call("sync.pull", {})),
          );
          for (const { ok, error } of answers) {
            if (ok !== undefined) answered += 1;
            else if (error?.code === "rate_limited") refused += 1;
            else lost += 1;
          }
        }
        socket.close();
      }),
    );
    expect(lost).toBe(0);
    expect(refused).toBeGreaterThan(0);
    return `${answered} answered, ${refused} refused as too many at a time`;
  });
}, 60_000);

test("T29 a flood of requests over HTTP, with a session and with none", async () => {
  await flooded("requests", async () => {
    const endMs = performance.now() + 4_000;
    const statuses = new Map<number, number>();
    const { token } = siege.world.owner;
    const paths = ["/v1/sync", "/v1/me", "/v1/conversations", "/v1/nowhere", "/"];
    await Promise.all(
      Array.from({ length: 150 }, async (_, n) => {
        for (let round = n; performance.now() < endMs; round++) {
          const path = paths[round % paths.length] ?? "/";
          const { status } = await rawRequest(siege.url, {
            method: "GET",
            path,
            token: n % 3 === 0 ? "nobody" : token,
          });
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }),
    );
    expect([...statuses.keys()].filter((status) => status >= 500 && status !== 503)).toEqual([]);
    return [...statuses].map(([status, count]) => `${count} times ${status}`).join(", ");
  });
}, 60_000);

test("T29 a flood of connections and of handshakes with tickets of nobody", async () => {
  await flooded("connections", async () => {
    const lines = await inParallel(Array.from({ length: 1_500 }), 32, async () => await rawLine(siege.url));
    let opened = 0;
    await inParallel(lines, 32, async (line, n) => {
      if (n % 2 === 0) return;
      line.write(new TextEncoder().encode(upgradeRequest(siege.url, `nobody.${n}`)));
      await Promise.race([line.closed, line.heard(() => true), Bun.sleep(50)]);
      if (line.texts.length > 0) opened += 1;
    });
    for (const line of lines) line[Symbol.dispose]();
    expect(opened).toBe(0);
    return `${lines.length} connections open at once, half of them with a ticket of nobody, ${opened} opened`;
  });
}, 60_000);

test("T29 a flood of bodies: announced, chunked, and endless", async () => {
  await flooded("bodies", async () => {
    const { token } = siege.world.owner;
    const head = (more: string) =>
      new TextEncoder().encode(
        `PATCH /v1/me HTTP/1.1\r\nHost: ${new URL(siege.url).host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${more}\r\n\r\n`,
      );
    const piece = new Uint8Array(64 * 1024).fill(0x20);
    const chunk = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]);
    const statuses = new Map<string, number>();
    const pieces = 160;
    await inParallel(Array.from({ length: 90 }), 30, async (_, n) => {
      using line = await rawLine(siege.url);
      let answer = "";
      line.tcp.on("data", (bytes: Buffer) => (answer += bytes.toString("latin1")));
      const kind = n % 3;
      line.write(
        head(
          kind === 0
            ? `Content-Length: ${pieces * piece.length}`
            : kind === 1
              ? "Transfer-Encoding: chunked"
              : "Content-Length: 60000000",
        ),
      );
      for (let at = 0; at < pieces && !line.isClosed() && answer === ""; at++) {
        line.write(kind === 1 ? chunk : piece);
        await Bun.sleep(0);
      }
      await Promise.race([line.closed, Bun.sleep(1_500)]);
      const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? "no answer";
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
    expect([...statuses.keys()].filter((status) => status.startsWith("5"))).toEqual([]);
    return `90 bodies of up to 10 MB where ${limits.requestBytes / 1024} kB may be, 30 at a time: ${[...statuses].map(([status, count]) => `${count} times ${status}`).join(", ")}`;
  });
}, 90_000);

test("T29 T18 a flood of uploads begun", async () => {
  await flooded("uploads", async () => {
    const { token } = siege.world.owner;
    const statuses = new Map<number, number>();
    await inParallel(Array.from({ length: 400 }), 16, async () => {
      const { status } = await rawRequest(siege.url, {
        method: "POST",
        path: "/v1/uploads",
        token,
        headers: { "tus-resumable": "1.0.0", "upload-length": String(5 * 1024 * 1024) },
      });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
    const [row] = await siege.database.sql`
      select count(*)::int as n from media where owner_id = ${siege.world.owner.id} and state = 'uploading'`;
    expect(row.n).toBeLessThanOrEqual(limits.pendingUploads);
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    return `400 begun: ${[...statuses].map(([status, count]) => `${count} times ${status}`).join(", ")}, ${row.n} open`;
  });
}, 60_000);
