import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { drawPhoto } from "../../apps/server/src/media/drawn-photo.ts";
import { violations } from "./axe.ts";
import { befriend, enter, member, type Member } from "./community.ts";
import { desk, openStage, phone, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;
const names = ["Ada Sand", "Dora Lindqvist", "Ben Ode", "Cleo Park", "Max Roth"];

/** Five people in one conversation, as one of them sees it. */
suite(`a group${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let people: Member[];
  let visitors: Visitor[];
  let conversationId = "";

  beforeAll(async () => {
    stage = await openStage();
    people = await Promise.all(names.map((name) => member(stage, { username: name.slice(0, 3).toLowerCase(), name })));
    const [me, dora, ben, cleo, max] = people as [Member, Member, Member, Member, Member];
    for (const other of [me, ben, cleo, max]) await befriend(dora, other);
    const personIds = [me, ben, cleo, max].map(({ id }) => id);
    const group = await dora.sotto.call("conversations.createGroup", { clientId: "walk", personIds });
    conversationId = group.id;
    for (const one of [ben, cleo, max]) await one.sotto.call("requests.accept", { conversationId });
    await say(dora, "Sunday at the lighthouse?");
    await say(
      dora,
      "Sun is up at 7:12, so twenty to seven. Bring something warm, the wind comes straight off the water.",
    );
    await say(ben, "I am in.");
    await say(cleo, "The light there last week:", await drawPhoto({ seed: 7, width: 1600, height: 1200 }));
    await say(cleo, "", await drawPhoto({ seed: 8, width: 1200, height: 1600 }));
    await say(max, "Then I bring the wide one.");
    visitors = await Promise.all([visitor(stage), visitor(stage, { viewport: phone, isMobile: true, hasTouch: true })]);
    for (const one of visitors) await enter(stage, one, me);
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  async function say(from: Member, text: string, photo?: Uint8Array): Promise<void> {
    const mediaIds = photo === undefined ? [] : [await from.sotto.upload(new Blob([Uint8Array.from(photo)]))];
    await from.sotto.call("messages.send", { conversationId, clientId: crypto.randomUUID(), text, mediaIds });
  }

  async function look({ page }: Visitor, name: string): Promise<string[]> {
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.waitForTimeout(400);
      await screenshot(page, `${name}-${page.viewportSize()?.width ?? 0}-${colorScheme}`);
      found.push(...(await violations(page)));
    }
    return found;
  }

  test(
    "an invitation says that declining leaves",
    async () => {
      for (const one of visitors) {
        await one.page.goto(`${stage.url}/c/${conversationId}`);
        await one.page.getByRole("button", { name: "Decline" }).waitFor();
        await one.page.getByText("If you decline, you leave it.").waitFor();
        expect(await look(one, "group-invitation")).toEqual([]);
      }
      await visitors[0]?.page.getByRole("button", { name: "Accept" }).click();
      await visitors[0]?.page.getByRole("button", { name: "Decline" }).waitFor({ state: "detached" });
    },
    patienceMs,
  );

  test(
    "who wrote what is seen and said",
    async () => {
      const me = people[0];
      if (me) await say(me, "And I the thermos.");
      for (const one of visitors) {
        const { page } = one;
        await page.goto(`${stage.url}/c/${conversationId}`);
        await page.getByLabel("Message the group").waitFor();
        await page.getByText("And I the thermos.").last().waitFor();
        await page.getByRole("button", { name: "Open: Photo from Cleo Park", exact: true }).waitFor();
        await page.getByRole("article", { name: /^Max Roth, / }).waitFor();
        await page.waitForTimeout(300);
        for (const name of ["Cleo Park", "Max Roth"])
          expect(await page.locator("article p", { hasText: new RegExp(`^${name}$`) }).count()).toBe(1);
        expect(await look(one, "group")).toEqual([]);
        await page.getByRole("region", { name: /^Messages with/ }).evaluate((list) => list.scrollTo(0, 0));
        await page.getByText("Sunday at the lighthouse?").waitFor();
        expect(await look(one, "group-beginning")).toEqual([]);
      }
    },
    patienceMs,
  );

  test(
    "the box to write in fits its words again when the window changes",
    async () => {
      const page = visitors[0]?.page;
      if (!page) throw new Error("nobody is looking");
      const box = page.getByLabel("Message the group");
      await box.fill("one two three four five six seven eight nine ten eleven twelve ".repeat(2));
      const pixels = async () => (await box.boundingBox())?.height ?? 0;
      const wide = await pixels();
      await page.setViewportSize(phone);
      await page.waitForTimeout(200);
      expect(await pixels()).toBeGreaterThan(wide);
      await page.setViewportSize(desk);
      await page.waitForTimeout(200);
      expect(await pixels()).toBe(wide);
      await box.fill("");
    },
    patienceMs,
  );

  test(
    "leaving asks first, and the group is gone from the inbox",
    async () => {
      const [one] = visitors;
      if (!one) throw new Error("nobody is looking");
      const { page } = one;
      await page.getByRole("button", { name: "Conversation menu" }).click();
      await page.getByRole("menuitem", { name: "Leave the group" }).click();
      expect(await look(one, "group-leave")).toEqual([]);
      await page.getByRole("dialog").getByRole("button", { name: "Leave the group" }).click();
      await page.getByText("No conversations yet").waitFor();
      expect(new URL(page.url()).pathname).toBe("/");
      expect(visitors.flatMap(({ faults, strangers }) => [...faults, ...strangers])).toEqual([]);
    },
    patienceMs,
  );
});
