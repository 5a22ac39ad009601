import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { befriend, enter, member, write, type Member } from "./community.ts";
import { openStage, password, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

/** Strangers, blocks and sessions, as two people see them. */
suite(`requests, blocks and sessions${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let me: Member;
  let noor: Member;
  let ada: Visitor;
  let lea: Visitor;

  beforeAll(async () => {
    stage = await openStage();
    const everyone = { whoMayMessage: "everyone" } as const;
    let stranger: Member;
    [me, stranger, noor] = await Promise.all([
      member(stage, { username: "ada", name: "Ada Sand" }),
      member(stage, { username: "lea", name: "Léa Fontaine" }),
      member(stage, { username: "noor", name: "Noor Haddad" }),
    ]);
    for (const one of [me, stranger, noor]) await one.sotto.call("settings.update", everyone);
    await befriend(me, noor);
    [ada, lea] = await Promise.all([visitor(stage), visitor(stage)]);
    await Promise.all([enter(stage, ada, me), enter(stage, lea, stranger)]);
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test(
    "R3: a stranger has one text message, no photo, and is told so before writing",
    async () => {
      const { page } = lea;
      await page.goto(`${stage.url}/people/ada`);
      await page.getByRole("button", { name: "Message", exact: true }).click();
      await page.getByText("This goes to Ada Sand as a request").waitFor();
      expect(await page.getByRole("button", { name: "Add a photo" }).count()).toBe(0);
      await page.getByLabel("Message Ada Sand").fill("How did you meter the sand?");
      await page.getByRole("button", { name: "Send request" }).click();
      await ada.page.getByText("New message request").waitFor();
      await page.getByText("Your request is waiting for an answer from Ada Sand").waitFor();
      await screenshot(page, "requests-waiting");
    },
    patienceMs,
  );

  test(
    "R3: the receiver finds it among the requests, and accepting opens the conversation for both",
    async () => {
      const { page } = ada;
      expect(await page.getByRole("navigation", { name: "Messages" }).count()).toBe(0);
      await page.getByRole("link", { name: "Requests 1" }).click();
      await page.getByRole("link", { name: /Léa Fontaine/u }).click();
      // The line that told of it would lie over the buttons; by itself it goes after six seconds.
      await page.getByText("New message request").waitFor({ state: "detached", timeout: 2_000 });
      await page.getByRole("button", { name: "Accept" }).click();
      await page.getByRole("button", { name: "Accept" }).waitFor({ state: "detached" });
      await page.getByLabel("Message Léa Fontaine").fill("With a lot of patience");
      await page.getByLabel("Message Léa Fontaine").press("Enter");
      await lea.page
        .getByRole("region", { name: /^Messages with/u })
        .getByText("With a lot of patience")
        .waitFor();
      await lea.page.getByRole("button", { name: "Add a photo" }).waitFor();
    },
    patienceMs,
  );

  test(
    "C6, R5: blocking closes the composer with its reason; unblocking opens it again",
    async () => {
      const { page } = ada;
      await page.getByRole("button", { name: "Conversation menu" }).click();
      await page.getByRole("menuitem", { name: "Block" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Block" }).click();
      await page.getByText("You blocked Léa Fontaine").waitFor();
      await lea.page.getByLabel("Message Ada Sand").fill("And the shutter?");
      await lea.page.getByLabel("Message Ada Sand").press("Enter");
      await lea.page.getByText("Ada Sand is not accepting messages from you").waitFor();
      await screenshot(page, "requests-blocked");
      await page.getByRole("button", { name: "Unblock" }).click();
      await page.getByLabel("Message Léa Fontaine").waitFor();
    },
    patienceMs,
  );

  test(
    "R16: a message that arrives is counted, named in the title, and read by looking at it",
    async () => {
      const { page } = ada;
      await write(noor, me, "Have you eaten?");
      await page.getByText("1 unread").waitFor({ state: "attached" });
      await page.waitForFunction(() => document.title === "(1) Sotto");
      await page
        .getByRole("link", { name: /Noor Haddad/u })
        .first()
        .click();
      await page.getByText("1 unread").waitFor({ state: "detached" });
      await page.waitForFunction(() => document.title === "Sotto");
    },
    patienceMs,
  );

  test(
    "C1, T5: a session that is revoked elsewhere is at the door at once",
    async () => {
      const { page } = ada;
      await page.getByRole("link", { name: /Léa Fontaine/u }).click();
      await page.getByLabel("Message Léa Fontaine").press("ArrowUp");
      await page.getByLabel("Edit message", { exact: true }).waitFor();
      // What the system shows of messages, and would go on showing after they were unsent (R9).
      await ada.page.evaluate(async () => {
        await navigator.serviceWorker.ready;
        const shown = { tag: "of a message", close: () => void (document.documentElement.dataset["closed"] = "1") };
        Object.assign(ServiceWorkerRegistration.prototype, { getNotifications: async () => [shown] });
      });
      const { items } = await me.sotto.call("sessions.list", {});
      const session = items.find((one) => one.device === "Chrome on Linux");
      await me.sotto.call("sessions.revoke", { sessionId: session?.id ?? "" });
      const startedMs = performance.now();
      await ada.page.getByRole("heading", { name: "Sign in to Sotto" }).waitFor();
      console.log(`T5: the door is shown ${Math.round(performance.now() - startedMs)} ms after the revocation`);
      await ada.page.locator("html[data-closed]").waitFor({ state: "attached", timeout: 5_000 });
      // What was being written is nobody's any more, though the page is the same.
      await page.getByLabel("Username").fill("ada");
      await page.getByRole("textbox", { name: "Password", exact: true }).fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Messages" }).waitFor();
      await page.getByRole("article").filter({ hasText: "With a lot of patience" }).waitFor();
      expect(await page.getByLabel("Message Léa Fontaine").inputValue()).toBe("");
      expect(await page.getByLabel("Edit message", { exact: true }).count()).toBe(0);
    },
    patienceMs,
  );

  test("T12: nobody but our server was asked for anything, and no page reported a fault", () => {
    expect([...ada.strangers, ...lea.strangers]).toEqual([]);
    expect([...ada.faults, ...lea.faults]).toEqual([]);
  });
});
