import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startMailServer, type MailServer } from "../../apps/server/test/mail-kit.ts";
import { violations } from "./axe.ts";
import { befriend, enter, member, write, type Member } from "./community.ts";
import {
  desk,
  openStage,
  password,
  phone,
  screenshot,
  skipReason,
  visitor,
  type Stage,
  type Visitor,
} from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

suite(`the account${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let mail: MailServer;
  let ada: Visitor;
  let tom: Visitor;
  let adaMember: Member;

  beforeAll(async () => {
    mail = await startMailServer();
    const from = { name: "Sotto", address: "sotto@example.org" };
    stage = await openStage({ config: { mail: { host: "127.0.0.1", port: mail.port, tls: "none", from } } });
    adaMember = await member(stage, { username: "ada", name: "Ada Sand" });
    const tomMember = await member(stage, { username: "tom", name: "Tom Vidal" });
    await befriend(adaMember, tomMember);
    await write(adaMember, tomMember, "You keep this");
    ada = await visitor(stage);
    tom = await visitor(stage, { viewport: phone, isMobile: true, hasTouch: true });
    await enter(stage, ada, adaMember);
    await enter(stage, tom, tomMember);
  }, patienceMs);
  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
    await mail?.[Symbol.asyncDispose]();
  });

  test(
    "C9 an address is added, its link followed in another browser, and the page says so by itself",
    async () => {
      const { page } = ada;
      await page.goto(`${stage.url}/settings/account`);
      await page.getByRole("button", { name: "Add an address" }).click();
      await page.getByLabel("E-mail address").fill("ada@example.org");
      await page.getByRole("textbox", { name: "Password", exact: true }).fill(password);
      await page.getByRole("button", { name: "Send a link to it" }).click();
      await page.getByText("Waiting for you to follow the link").waitFor();
      const [letter] = await mail.received(1);
      const token = /#(\S+)/.exec(letter?.text ?? "")?.[1] ?? "";
      await tom.page.goto(`${stage.url}/verify-email#${token}`);
      await tom.page.getByRole("heading", { name: "Is this your address?" }).waitFor();
      expect(await violations(tom.page)).toEqual([]);
      await screenshot(tom.page, "account-verify-390-light");
      await tom.page.getByRole("button", { name: "Yes, this is my address" }).click();
      await tom.page.getByText("ada@example.org is yours from now on.").waitFor();
      await page.getByText("Confirmed").waitFor();
    },
    patienceMs,
  );

  test(
    "axe: the account page, at both sizes and in both themes",
    async () => {
      const { page } = ada;
      const found: string[] = [];
      for (const size of [desk, phone]) {
        await page.setViewportSize(size);
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          await page.waitForTimeout(100);
          await screenshot(page, `account-${size.width}-${colorScheme}`);
          found.push(...(await violations(page)));
        }
      }
      await page.setViewportSize(desk);
      await page.emulateMedia({ colorScheme: "light" });
      expect(found).toEqual([]);
    },
    patienceMs,
  );

  test(
    "C9 everything of mine is one download",
    async () => {
      const { page } = ada;
      const downloading = page.waitForEvent("download");
      await page.getByRole("link", { name: "Download everything of mine" }).click();
      const download = await downloading;
      expect(download.suggestedFilename()).toMatch(/^sotto-export-\d{4}-\d\d-\d\d\.zip$/);
      expect(await download.failure()).toBeNull();
    },
    patienceMs,
  );

  test(
    "C1 a lost password: the letter leads to a new one, and the other devices are signed out",
    async () => {
      const guest = await visitor(stage, { viewport: phone });
      const { page } = guest;
      await page.goto(`${stage.url}/sign-in`);
      await page.getByRole("link", { name: "Lost your password?" }).click();
      await page.getByLabel("Username or e-mail address").fill("ada");
      await page.getByRole("button", { name: "Send me a link" }).click();
      await page.getByText("a link is on its way").waitFor();
      const letters = await mail.received(2);
      const token = /#(\S+)/.exec(letters.at(-1)?.text ?? "")?.[1] ?? "";
      await page.goto(`${stage.url}/recover#${token}`);
      await page.reload();
      await page.getByLabel("New password").fill("another long password");
      await page.getByRole("button", { name: "Use this password" }).click();
      await page.getByText("Sign in as @ada with the new one.").waitFor();
      await screenshot(page, "account-recovered-390-light");
      await ada.page.getByRole("heading", { name: "Sign in to Sotto" }).waitFor();
      await page.getByRole("link", { name: "Back to sign in" }).click();
      await page.getByLabel("Username").fill("ada");
      await page.getByRole("textbox", { name: "Password", exact: true }).fill("another long password");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Messages" }).waitFor();
      expect([...guest.faults, ...guest.strangers]).toEqual([]);

      await tom.page.goto(stage.url);
      await tom.page.getByText("Ada Sand").first().click();
      await tom.page.getByRole("textbox").waitFor();
      await page.goto(`${stage.url}/settings/account`);
      await page.getByRole("button", { name: "Delete my account" }).click();
      const question = page.getByRole("dialog");
      await question.getByRole("textbox", { name: "Password", exact: true }).fill("not this one");
      await question.getByRole("button", { name: "Delete my account" }).click();
      await question.getByText("The password is wrong.", { exact: true }).waitFor();
      await question.getByRole("textbox", { name: "Password", exact: true }).fill("another long password");
      await screenshot(page, "account-delete-390-light");
      await question.getByRole("button", { name: "Delete my account" }).click();
      await page.getByRole("heading", { name: "Sign in to Sotto" }).waitFor();
      await page.getByText("Your account is deleted.").waitFor();
    },
    patienceMs,
  );

  test(
    "R18 whoever received something keeps it, from a deleted account that has no name, no profile and no box to write in",
    async () => {
      const { page } = tom;
      const gone = async () => {
        await page.getByText("This account was deleted. What was said stays here.").waitFor();
        expect(await page.getByRole("textbox").count()).toBe(0);
        expect(await page.locator("body").innerText()).not.toMatch(/@deleted-|View profile|Friends|Ada/);
      };
      await gone();
      await page.goto(stage.url);
      await page.getByText("Deleted account").first().click();
      await page.getByRole("main").getByText("You keep this").last().waitFor();
      await gone();
      await screenshot(page, "account-gone-390-light");
      expect(await violations(page)).toEqual([]);
      await page.getByRole("button", { name: "Conversation menu" }).click();
      expect(await page.getByRole("menuitem").allInnerTexts()).toEqual(["Search here", "Pin", "Mute", "Archive"]);
      expect(tom.faults).toEqual([]);
    },
    patienceMs,
  );
});
