import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page, Worker } from "playwright-core";
import {
  startPushService,
  type Browser as PushBrowser,
  type PushService,
} from "../../apps/server/test/push-service.ts";
import { opensslMissing } from "../../apps/server/test/tls-front.ts";
import { violations } from "./axe.ts";
import { adaAndInes, enter, write, type Member } from "./community.ts";
import { openStage, phone, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";

const reason = skipReason ?? opensslMissing();
const suite = reason === null ? describe : describe.skip;
const patienceMs = 30_000;

/**
 * C7 in a real browser. Headless Chromium has neither a push service nor notifications: the test stands in for these two. Its push
 * service gives the subscription and takes what the server sends, which is handed to the worker as the browser would; what the worker
 * shows is kept in a list.
 */
suite(`notifications${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
  let pushes: PushService;
  let stage: Stage;
  let me: Member;
  let ines: Member;
  let ada: Visitor;
  let browser: PushBrowser;
  let conversationId: string;

  beforeAll(async () => {
    pushes = await startPushService();
    stage = await openStage({ config: { allowInternal: [pushes.place], push: { delayMs: 100, ca: pushes.ca } } });
    [me, ines] = await adaAndInes(stage);
    conversationId = await write(ines, me, "The light is good now");
    browser = pushes.browser();
    ada = await visitor(stage, { viewport: phone, isMobile: true, hasTouch: true });
    await ada.context.addInitScript(stubPush, { endpoint: browser.endpoint, keys: browser.keys });
    await enter(stage, ada, me);
  }, patienceMs);
  afterEach(async () => ada && (await screenshot(ada.page, "notifications-last")));
  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
    await pushes?.[Symbol.asyncDispose]();
  });

  const settings = async () => (await me.sotto.call("settings.get", {})).notifications;
  /** As on another device. */
  const readAll = async () => {
    const { lastSeq } = (await me.sotto.call("conversations.get", { conversationId })).conversation;
    await me.sotto.call("conversations.markRead", { conversationId, seq: lastSeq });
  };
  /** What was under way has come. */
  const pushesQuiet = async () => {
    for (let count = -1; count !== pushes.taken.length; await Bun.sleep(1_000)) count = pushes.taken.length;
  };
  const asked = async (page: Page) => await page.evaluate(() => Number(sessionStorage.getItem("asked") ?? "0"));
  const goTo = async (page: Page, path: string) => {
    await page.goto(stage.url + path);
    await page.locator("h1:visible").first().waitFor();
  };

  test(
    "C7 turning direct messages off is three steps from the profile",
    async () => {
      const { page } = ada;
      await goTo(page, "/people/ada");
      let steps = 0;
      const step = async (work: Promise<unknown>) => {
        await work;
        steps += 1;
      };
      await step(
        page
          .getByRole("button", { name: /menu|more/i })
          .last()
          .click(),
      );
      await step(page.getByRole("menuitem", { name: "Notifications" }).click());
      await step(page.locator("label", { hasText: "Direct messages" }).click());
      await page.getByText("Saved").waitFor();
      console.log(`C7 direct messages off: ${steps} steps from the profile`);
      expect(await settings()).toMatchObject({ messages: false, push: true });
      await page.locator("label", { hasText: "Direct messages" }).click();
      await waitFor(async () => (await settings()).messages);
      expect(await violations(page)).toEqual([]);
    },
    patienceMs,
  );

  test(
    "C7 quiet hours and the summary are saved with the zone that they go by",
    async () => {
      const { page } = ada;
      await goTo(page, "/settings/notifications");
      await page.locator("label", { hasText: "Nothing at night" }).click();
      await page.getByLabel("To", { exact: true }).fill("08:30");
      await page.getByLabel("To", { exact: true }).blur();
      await page.getByText("By the clock of Europe/Madrid.").waitFor();
      await waitFor(async () => (await settings()).quietHours?.to === "08:30");
      expect((await settings()).quietHours).toEqual({ from: "22:00", to: "08:30" });
      await page.getByLabel("Every week").check();
      await waitFor(async () => (await settings()).digest === "weekly");
      expect((await me.sotto.call("settings.get", {})).timeZone).toBe("Europe/Madrid");
      await page.getByText("A summary needs a confirmed e-mail address.").waitFor();
      await page.waitForTimeout(300);
      await screenshot(page, "notifications-settings-390-light");
      expect(await violations(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      await page.waitForTimeout(300);
      await screenshot(page, "notifications-settings-390-dark");
      expect(await violations(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "light" });
      await me.sotto.call("settings.update", { notifications: { quietHours: null, digest: "off" } });
    },
    patienceMs,
  );

  test(
    "C7 the browser is asked when the switch is pressed, and not before; one that refuses is explained",
    async () => {
      const { page } = ada;
      await page.evaluate(() => localStorage.setItem("test.answer", "denied"));
      for (const path of ["/", `/c/${conversationId}`, "/settings", "/settings/notifications"]) await goTo(page, path);
      await page.evaluate(async () => await navigator.serviceWorker.ready);
      await goTo(page, "/settings/notifications");
      const own = page.getByRole("switch", { name: "Notifications in this browser" });
      await own.waitFor();
      expect([await own.isChecked(), await asked(page)]).toEqual([false, 0]);
      const press = async () => await page.locator("label", { hasText: "Notifications in this browser" }).click();
      await press();
      await page.getByText("This browser has been told not to show notifications").waitFor();
      expect(await asked(page)).toBe(1);
      await page.evaluate(() => {
        localStorage.setItem("test.answer", "granted");
        localStorage.removeItem("test.permission");
      });
      await goTo(page, "/settings/notifications");
      await press();
      await waitFor(async () => await own.isChecked());
      console.log(`C7 asked for permission: ${await asked(page)} times, after 2 presses`);
      expect(await asked(page)).toBe(2);
      const [row] = await stage.server.database.sql`select endpoint from push_subscriptions where person_id = ${me.id}`;
      expect(row.endpoint).toBe(browser.endpoint);
    },
    patienceMs,
  );

  test(
    "C7 C22 the worker shows one notification for a conversation, opens it in the app, and clears it when it was read elsewhere",
    async () => {
      const { page, context } = ada;
      // Nobody looks at the app.
      await page.goto("about:blank");
      const [worker] = context.serviceWorkers();
      if (worker === undefined) throw new Error("no service worker");
      await worker.evaluate(stubShowing);
      const deliver = async (at: number) => {
        const push = (await pushes.took(at + 1))[at];
        await worker.evaluate(handOver, JSON.stringify(push?.data));
      };
      await readAll();
      await pushesQuiet();
      const before = pushes.taken.length;
      await write(ines, me, "Come and look");
      await deliver(before);
      await waitFor(async () => (await shown(worker)).length === 1);
      expect(await shown(worker)).toMatchObject([
        { title: "Ines Moreau", body: "Come and look", tag: conversationId, silent: false },
      ]);
      await write(ines, me, "Now");
      await deliver(before + 1);
      await waitFor(async () => (await shown(worker))[0]?.body === "Now");
      expect(await shown(worker)).toMatchObject([{ title: "Ines Moreau (2)", tag: conversationId }]);

      await page.goto(`${stage.url}/settings`);
      await page.getByRole("heading", { name: "Settings" }).waitFor();
      await page.waitForTimeout(500);
      await worker.evaluate(press, conversationId);
      await page.waitForURL(`${stage.url}/c/${conversationId}`);

      await page.goto("about:blank");
      await readAll();
      await pushesQuiet();
      const again = pushes.taken.length;
      await write(ines, me, "One more");
      await deliver(again);
      await waitFor(async () => (await shown(worker)).length === 1);
      await readAll();
      await deliver(again + 1);
      await waitFor(async () => (await shown(worker)).length === 0);
      expect(pushes.taken.at(-1)?.data).toMatchObject({ is: "clear" });
    },
    patienceMs,
  );

  test(
    "C7 R16 in the app: a line with a way there, and the count in the title; a mute with an end silences both",
    async () => {
      const { page } = ada;
      await readAll();
      await goTo(page, "/settings");
      await page.waitForFunction(() => document.title === "Sotto");
      await write(ines, me, "Are you there?");
      await page.getByText("Ines Moreau: Are you there?").waitFor();
      await page.waitForFunction(() => document.title === "(1) Sotto");
      await screenshot(page, "notifications-line-390-light");
      await page.getByRole("button", { name: "Open", exact: true }).click();
      await page.waitForURL(`${stage.url}/c/${conversationId}`);
      await page.waitForFunction(() => document.title === "Sotto");
      await page.getByRole("button", { name: "Conversation menu" }).click();
      await page.getByRole("menuitem", { name: "Mute" }).click();
      await page.getByLabel("For 1 hour").check();
      await screenshot(page, "notifications-mute-390-light");
      expect(await violations(page)).toEqual([]);
      await page.getByRole("dialog").getByRole("button", { name: "Mute" }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      // It shows at once, and the server has it some moments later (C17).
      const readMute = async () =>
        (await me.sotto.call("conversations.get", { conversationId })).conversation.mutedUntil;
      const endMs = Date.now() + 10_000;
      let mutedUntil = await readMute();
      for (; mutedUntil === null && Date.now() < endMs; mutedUntil = await readMute()) await Bun.sleep(50);
      const minutes = (Date.parse(mutedUntil ?? "") - Date.now()) / 60_000;
      expect(Math.round(minutes)).toBe(60);
      await goTo(page, "/settings");
      const before = pushes.taken.length;
      await write(ines, me, "Silently");
      await page.waitForTimeout(1_500);
      expect([
        await page.title(),
        await page.getByText("Ines Moreau: Silently").count(),
        pushes.taken.length - before,
      ]).toEqual(["Sotto", 0, 0]);
    },
    patienceMs,
  );

  test(
    "C7 signing out ends the subscription, on the server and in the browser",
    async () => {
      const { page } = ada;
      await goTo(page, "/settings");
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("button", { name: "Sign in" }).waitFor();
      await waitFor(async () => {
        const rows = await stage.server.database.sql`select 1 from push_subscriptions where person_id = ${me.id}`;
        return rows.length === 0;
      });
      expect(await page.evaluate(() => sessionStorage.getItem("ended"))).toBe("1");
      expect(ada.faults).toEqual([]);
    },
    patienceMs,
  );
});

/** In the page, before anything of ours: the browser's part of a subscription, which needs a push service of the world. */
function stubPush(given: { endpoint: string; keys: { p256dh: string; auth: string } }): void {
  if (!("PushManager" in globalThis)) return;
  const subscription = {
    endpoint: given.endpoint,
    options: { applicationServerKey: null },
    toJSON: () => given,
    unsubscribe: async () => {
      localStorage.removeItem("test.subscribed");
      sessionStorage.setItem("ended", "1");
      return true;
    },
  } as unknown as PushSubscription;
  PushManager.prototype.getSubscription = async () =>
    localStorage.getItem("test.subscribed") === null ? null : subscription;
  PushManager.prototype.subscribe = async () => {
    localStorage.setItem("test.subscribed", "1");
    return subscription;
  };
  Object.defineProperty(Notification, "permission", {
    get: () => localStorage.getItem("test.permission") ?? "default",
  });
  Notification.requestPermission = async () => {
    sessionStorage.setItem("asked", String(Number(sessionStorage.getItem("asked") ?? "0") + 1));
    const answer = localStorage.getItem("test.answer") === "granted" ? "granted" : "denied";
    localStorage.setItem("test.permission", answer);
    return answer;
  };
}

/** In the worker: what it shows stands in a list, one for each tag, until it is closed. */
function stubShowing(): void {
  const { registration, navigator: own } = self as unknown as {
    registration: ServiceWorkerRegistration;
    navigator: Navigator;
  };
  // Headless Chromium ends the process that asks for either.
  registration.pushManager.getSubscription = async () => null;
  own.setAppBadge = async () => {};
  const all = new Map<string, Notification>();
  registration.showNotification = async (title, { tag = "", body = "", silent = null, data } = {}) => {
    const close = () => void all.delete(tag);
    all.set(tag, { title, tag, body, silent, data, close } as unknown as Notification);
  };
  registration.getNotifications = async ({ tag } = {}) =>
    [...all.values()].filter((one) => tag === undefined || one.tag === tag);
}

/** In the worker: as the browser does with what its push service brought. An event made by hand cannot be waited for: that fails alone. */
function handOver(data: string): void {
  const { PushEvent: Push } = self as unknown as { PushEvent: new (type: string, init: { data: string }) => Event };
  self.dispatchEvent(new Push("push", { data }));
}

interface ShownNotification {
  title: string;
  body: string;
  tag: string;
  silent: boolean | null;
}

async function shown(worker: Worker): Promise<ShownNotification[]> {
  return await worker.evaluate(async () => {
    const scope = self as unknown as { registration: ServiceWorkerRegistration };
    const all = await scope.registration.getNotifications();
    return all.map(({ title, body, tag, silent }) => ({ title, body, tag, silent }));
  });
}

/** In the worker: as a press on it does, but for the right to bring a window to the front, which a press alone gives. */
async function press(tag: string): Promise<void> {
  const scope = self as unknown as {
    registration: ServiceWorkerRegistration;
    dispatchEvent(event: Event): boolean;
  };
  const [notification] = await scope.registration.getNotifications({ tag });
  const event = new Event("notificationclick");
  Object.assign(event, { notification, waitUntil: (work: Promise<unknown>) => void work.catch(() => {}) });
  scope.dispatchEvent(event);
}

async function waitFor(condition: () => Promise<boolean>, mostMs = 15_000): Promise<void> {
  const giveUpMs = Date.now() + mostMs;
  while (!(await condition())) {
    if (Date.now() > giveUpMs) throw new Error("it never came");
    await Bun.sleep(50);
  }
}
