import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { serverProcess, type ServerProcess } from "../../test/server-process.ts";
import { drawPhoto } from "../media/drawn-photo.ts";
import { exitCodes } from "./cli-error.ts";
import { run } from "./program.ts";

let server: ServerProcess;

beforeAll(async () => {
  server = await serverProcess({ SOTTO_WHO_MAY_MESSAGE: "everyone" });
});
afterAll(() => server[Symbol.asyncDispose](), 60_000);

test("C56: people and administrators are made without a server, one for each username", async () => {
  const ines = await sotto(["person", "create", "--username", "ines", "--name", "Inês Duarte", "--json"]);
  expect(ines).toMatchObject({
    exitCode: 0,
    value: { username: "ines", administrator: false, password: expect.stringMatching(/^.{20}$/) },
  });
  const again = await sotto(["person", "create", "--username", "ines", "--json"]);
  expect(again).toMatchObject({ exitCode: exitCodes.refused, error: { code: "username_taken" } });
  const wrong = await sotto(["person", "create", "--username", "Two Words", "--json"]);
  expect(wrong).toMatchObject({ exitCode: exitCodes.usage, error: { code: "usage" } });
  const tom = await sotto(["admin", "create", "--username", "tom", "--password-stdin"], {
    stdin: "quite a long password\n",
  });
  expect(tom.exitCode).toBe(0);
  expect(tom.stdout).not.toContain("Password");
  expect((await sotto(["admin", "grant", "--username", "nobody"])).exitCode).toBe(exitCodes.refused);
  expect((await sotto(["admin", "revoke", "--username", "@tom"])).exitCode).toBe(0);
}, 60_000);

test("what needs a server says plainly that there is none, and what to do", async () => {
  const { exitCode, stderr } = await sotto(["send", "--from", "ines", "--to", "tom", "--text", "hello"]);
  expect(exitCode).toBe(exitCodes.unreachable);
  expect(stderr).toContain("npm start");
});

test("wrong use is told with code 2, and help is no error", async () => {
  expect((await sotto(["send"])).exitCode).toBe(exitCodes.usage);
  expect((await sotto(["conversations", "--as", "ines", "--folder", "attic"])).exitCode).toBe(exitCodes.usage);
  expect((await sotto(["no-such-command"])).exitCode).toBe(exitCodes.usage);
  for (const words of [["--help"], ["send", "--help"], ["config", "check", "--help"]]) {
    const { exitCode, stdout } = await sotto(words);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Example");
  }
});

test("config check names every wrong variable at once, and shows no secret", async () => {
  const wrong = await sotto(["config", "check"], { env: { SOTTO_PORT: "many", SOTTO_TRUST_PROXY: "perhaps" } });
  expect(wrong.exitCode).toBe(exitCodes.usage);
  expect(wrong.stderr).toContain("SOTTO_PORT");
  expect(wrong.stderr).toContain("SOTTO_TRUST_PROXY");
  const elsewhere = { DATABASE_URL: "postgres://sotto:hidden-password@127.0.0.1:1/none" };
  const unreachable = await sotto(["config", "check"], { env: elsewhere });
  expect(unreachable.exitCode).toBe(exitCodes.refused);
  expect(unreachable.stdout + unreachable.stderr).not.toContain("hidden-password");
});

test("C12, R13: a photo from a file is sent once, through the running server", async () => {
  await server.start();
  const photo = join(server.dataDir, "harbour.jpg");
  await Bun.write(photo, await drawPhoto({ seed: 3, width: 640, height: 480, exif: true }));
  const friends = ["send", "--from", "ines", "--to", "tom", "--text", "May I?"];
  expect((await sotto(friends)).stdout).toContain("waits as a request");
  expect((await sotto(["send", "--from", "tom", "--to", "ines", "--text", "You may."])).exitCode).toBe(0);
  const send = ["send", "--from", "ines", "--to", "tom", "--text", "The harbour", "--json"];
  const first = await sotto([...send, "--photo", photo]);
  expect(first).toMatchObject({
    exitCode: 0,
    value: { message: { seq: 3, text: "The harbour", media: [{ width: 640, height: 480 }] } },
  });
  const once = [...send, "--client-id", "nightly"];
  const [one, two] = [await sotto(once), await sotto(once)];
  expect(two.value).toEqual(one.value);
  // R16: who answers has read what was there.
  const listed = await sotto(["conversations", "--as", "tom", "--json"]);
  expect(listed).toMatchObject({ value: { items: [{ lastSeq: 4, unread: 2, people: [{ username: "ines" }] }] } });
  expect((await sotto(["conversations", "--as", "tom"])).stdout).toMatch(
    /^2 new .*Inês Duarte \(@ines\) .*"The harbour"/,
  );
  const text = join(server.dataDir, "notes.txt");
  await Bun.write(text, "not a photo at all, only words");
  expect(await sotto([...send, "--photo", text])).toMatchObject({
    exitCode: exitCodes.refused,
    error: { code: "unsupported_media" },
  });
  expect((await sotto([...send, "--photo", join(server.dataDir, "missing.jpg")])).exitCode).toBe(exitCodes.usage);
  expect((await sotto(["config", "check"])).stdout).toContain("is ready");
}, 60_000);

test("the running server's database is left running by all this", async () => {
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  const sessions = await sotto(["conversations", "--as", "tom"]);
  expect(sessions.exitCode).toBe(0);
});

interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
  value: unknown;
  error: unknown;
}

async function sotto(words: string[], options: { stdin?: string; env?: Record<string, string> } = {}): Promise<Ended> {
  let [stdout, stderr] = ["", ""];
  const exitCode = await run(words, {
    env: { ...server.env, ...options.env },
    stdout: { write: (text) => void (stdout += text) },
    stderr: { write: (text) => void (stderr += text) },
    readStdin: async () => options.stdin ?? "",
  });
  const isJson = words.includes("--json");
  const value: unknown = isJson && stdout !== "" ? JSON.parse(stdout) : undefined;
  const error: unknown = isJson && stderr.startsWith("{") ? JSON.parse(stderr).error : undefined;
  return { exitCode, stdout, stderr, value, error };
}
