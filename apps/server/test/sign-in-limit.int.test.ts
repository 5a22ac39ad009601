import { expect, test } from "bun:test";
import { sharedLimiter } from "../src/cluster/shared-limits.ts";
import { limiter, type RateLimits } from "../src/limits.ts";
import { startTestServer } from "../src/test-server.ts";
import { inParallel, must, rawRequest, toHttp } from "./api-kit.ts";

const password = "a long enough password";

test("R25 right sign-ins use nothing up, and give a guesser no more guesses", async () => {
  await using server = await startTestServer({ limits: { signInsPerWindow: 2 } });
  for (const username of ["owned", "guarded"])
    await must(server.url, { token: "" }, "auth.signUp", { username, password });
  const signIn = async (username: string, word: string) =>
    (await rawRequest(server.url, toHttp("auth.signIn", { username, password: word }))).status;
  // More than the name's own limit of ten times as many.
  const school = await inParallel(Array.from({ length: 21 }), 2, async () => await signIn("owned", password));
  expect(school.filter((status) => status !== 200)).toEqual([]);
  const guesses = [];
  for (let n = 0; n < 3; n += 1) guesses.push(await signIn("guarded", "a guess"), await signIn("owned", password));
  expect(guesses).toEqual([401, 200, 401, 429, 429, 429]);
});

test("R25 a place that is given back is its own, in memory and over all nodes", async () => {
  await using server = await startTestServer();
  const rate = { points: 2, perSeconds: 2 };
  const rates: RateLimits = {
    signIn: rate,
    signUp: rate,
    signInName: rate,
    search: rate,
    searchMessages: rate,
    profile: rate,
    follow: rate,
    send: rate,
    password: rate,
    email: rate,
    recovery: rate,
    emailToken: rate,
    export: rate,
    change: rate,
    draft: rate,
    push: rate,
    settings: rate,
    typing: rate,
    presence: rate,
    linkPreview: rate,
    createGroup: rate,
    upload: rate,
  };
  const shared = () => sharedLimiter(server.database.sql, rates);
  const alone = limiter(rates);
  for (const [here, there] of [[alone, alone] as const, [shared(), shared()] as const]) {
    const takenAtMs: number[] = [];
    const take = async (limit = here) => {
      const refused = await limit("signIn", "an address");
      takenAtMs.push(performance.now());
      return refused === null;
    };
    expect([await take(), await take(), await take(there)]).toEqual([true, true, false]);
    await here.giveBack("signIn", "an address", takenAtMs[0] ?? 0);
    expect([await take(), await take()]).toEqual([true, false]);
    await Bun.sleep(2_050);
    expect([await take(there), await take()]).toEqual([true, true]);
    // Of the window before.
    await here.giveBack("signIn", "an address", takenAtMs[1] ?? 0);
    expect(await take()).toBe(false);
  }
});
