import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { closeCodes } from "@sotto/protocol/close-codes.ts";
import type { Page } from "playwright-core";
import { openStage, signUp, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";
import { openReleases, type Releases } from "./releases.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

/** A newer app on the server, and pages of the one before: nobody is left with the old one. */
suite(`updates${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let releases: Releases;
  let count = 0;
  let guest: Visitor;

  beforeAll(async () => {
    stage = await openStage();
  }, patienceMs);
  beforeEach(async () => {
    releases = await openReleases(stage.url);
    guest = await visitor(stage);
    count += 1;
    await signUp({ ...stage, url: releases.url }, guest, { username: `ada_${count}`, name: "Ada Sand" });
    await controlled(guest.page);
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test(
    "C33: a page that starts lets a waiting release in, once, and never at the first visit",
    async () => {
      await using _ = releases;
      const { page } = guest;
      let loads = 0;
      page.on("load", () => (loads += 1));
      await releases.next();
      await page.reload();
      await waitingRelease(page);
      expect(await release(page)).toBe("1");
      expect(loads).toBe(1);
      await page.reload();
      await page.locator('html[data-release="2"]').waitFor({ state: "attached" });
      await page.getByRole("heading", { name: "Messages" }).waitFor();
      await page.waitForTimeout(1_500);
      console.log(`loads after the release: ${loads - 1}`);
      expect(loads).toBeLessThanOrEqual(3);
      expect(await release(page)).toBe("2");

      const newcomer = await visitor(stage);
      let first = 0;
      newcomer.page.on("load", () => (first += 1));
      await newcomer.page.goto(releases.url);
      await newcomer.page.evaluate(async () => void (await navigator.serviceWorker.ready));
      await newcomer.page.waitForTimeout(1_000);
      expect(first).toBe(1);
    },
    patienceMs,
  );

  test(
    "C33: Reload, of an app the server does not speak with any more, leads to the newer one, also with another tab open",
    async () => {
      await using _ = releases;
      const { page, context } = guest;
      const other = await context.newPage();
      await other.goto(releases.url);
      await other.getByRole("heading", { name: "Messages" }).waitFor();
      await releases.next();
      releases.refuseSockets(closeCodes.version);
      await page.getByRole("button", { name: "Reload", exact: true }).click();
      await page.locator('html[data-release="2"]').waitFor({ state: "attached" });
      expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting)).toBeNull();
    },
    patienceMs,
  );

  test(
    "C33: a tab of the old release goes on, and follows when it needs a part that is gone",
    async () => {
      await using _ = releases;
      const { page, context } = guest;
      await releases.next();
      const other = await context.newPage();
      await other.goto(releases.url);
      await waitingRelease(other);
      await other.reload();
      await other.locator('html[data-release="2"]').waitFor({ state: "attached" });

      expect(await release(page)).toBe("1");
      await page.evaluate(() => history.pushState(null, "", "/settings"));
      await page.locator('html[data-release="2"]').waitFor({ state: "attached" });
      expect(page.url()).toEndWith("/settings");
    },
    patienceMs,
  );
});

async function release(page: Page): Promise<string> {
  return await page.evaluate(() => document.documentElement.dataset["release"] ?? "1");
}

/** The worker that the first visit installed has this page from its second on. */
async function controlled(page: Page): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.reload();
  await page.getByRole("heading", { name: "Messages" }).waitFor();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

/** The page has looked for a newer worker when it had loaded. */
async function waitingRelease(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    while (registration.waiting === null) await new Promise((resolve) => setTimeout(resolve, 50));
  });
}
