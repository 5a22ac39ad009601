import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { drawPhoto } from "../../apps/server/src/media/drawn-photo.ts";
import { violations } from "./axe.ts";
import { befriend, enter, member, write, type Member } from "./community.ts";
import { desk, openStage, phone, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

interface Screen {
  name: string;
  path: string;
  /** What one does to see it. */
  act?: (page: Page) => Promise<void>;
  signedOut?: boolean;
}

/** Every screen in both themes and both sizes: no violation of axe, nothing asked of strangers, a picture of each. */
suite(`every screen${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  /** At the desk and on the phone, side by side. */
  let guests: Visitor[];
  let adas: Visitor[];
  let ids: Awaited<ReturnType<typeof fill>>;

  beforeAll(async () => {
    stage = await openStage();
    const [me, ines, tomas, lea, noor, jonas] = await Promise.all([
      member(stage, { username: "ada", name: "Ada Sand" }),
      member(stage, { username: "ines", name: "Ines Moreau" }),
      member(stage, { username: "tomas", name: "Tomás Vidal" }),
      member(stage, { username: "lea", name: "Léa Fontaine" }),
      member(stage, { username: "noor", name: "Noor Haddad" }),
      member(stage, { username: "jonas", name: "Jonas Brandt" }),
    ]);
    await befriend(me, jonas);
    const archived = await write(jonas, me, "Thank you for the lens");
    await me.sotto.call("conversations.update", { conversationId: archived, archived: true });
    ids = await fill({ me, ines, tomas, lea, noor });
    const sizes = [{ viewport: desk }, { viewport: phone, isMobile: true, hasTouch: true }];
    guests = await Promise.all(sizes.map((size) => visitor(stage, size)));
    adas = await Promise.all(sizes.map((size) => visitor(stage, size)));
    for (const ada of adas) await enter(stage, ada, me);
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  for (const screen of screens()) {
    test(
      `axe: ${screen.name}`,
      async () => {
        const visitors = screen.signedOut === true ? guests : adas;
        const found = await Promise.all(visitors.map(({ page }) => look(page, screen)));
        expect(found.flat()).toEqual([]);
      },
      patienceMs,
    );
  }

  test("where motion is not wanted, another theme is there at once and not element by element", async () => {
    for (const { page } of adas) {
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await page.goto(`${stage.url}/settings/account`);
      await page.getByRole("heading", { name: "Account", exact: true }).waitFor();
      const under = await page.evaluate(() => {
        document.documentElement.style.colorScheme = "dark";
        const colours = [...document.querySelectorAll("main h1, main h2, main a")].map(
          (one) => getComputedStyle(one).color,
        );
        return { colours: new Set(colours).size, moving: document.getAnimations().length };
      });
      expect(under).toEqual({ colours: 1, moving: 0 });
    }
  });

  test("T12: nobody but our server was asked for anything, and no page reported a fault", () => {
    const all = [...guests, ...adas];
    expect(all.flatMap((one) => one.strangers)).toEqual([]);
    expect(all.flatMap((one) => one.faults)).toEqual([]);
  });

  /** One size, both themes. */
  async function look(page: Page, screen: Screen): Promise<string[]> {
    const found: string[] = [];
    const width = page.viewportSize()?.width ?? 0;
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.goto(stage.url + screen.path.replace(/\{(\w+)\}/gu, (_, key: keyof typeof ids) => ids[key]));
    await page.locator("h1, dialog").first().waitFor({ state: "attached" });
    await screen.act?.(page);
    await page.waitForTimeout(150);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.waitForTimeout(50);
      await screenshot(page, `${screen.name.replaceAll(" ", "-")}-${width}-${colorScheme}`);
      found.push(...(await violations(page)).map((one) => `${width} ${colorScheme}: ${one}`));
    }
    return found;
  }
});

/** As a letter has it behind its link. */
const token = "x".repeat(43);

function screens(): Screen[] {
  const heading = (name: string) => (page: Page) => page.getByRole("heading", { name, exact: true }).waitFor();
  const menu = (name: string) => async (page: Page) => {
    await page.getByRole("button", { name }).click();
    await page.getByRole("menu", { name }).waitFor();
  };
  return [
    { name: "sign in", path: "/sign-in", signedOut: true },
    {
      name: "sign up with errors",
      path: "/sign-up",
      signedOut: true,
      act: (page) => page.getByRole("button", { name: "Create an account" }).click(),
    },
    { name: "recover", path: "/recover", signedOut: true },
    { name: "verify e-mail", path: `/verify-email#${token}`, signedOut: true },
    // Another page in between: by its fragment alone no browser loads one anew.
    { name: "recover with a link", path: `/recover#${token}`, signedOut: true },
    { name: "unsubscribe", path: `/unsubscribe#${token}`, signedOut: true },
    { name: "inbox", path: "/", act: async (page) => page.getByText("which one you would print").first().waitFor() },
    {
      name: "requests",
      path: "/requests",
      act: (page) => page.getByText("how you metered the sand").first().waitFor(),
    },
    { name: "conversation", path: "/c/{ines}", act: (page) => page.getByText("for the cover").last().waitFor() },
    { name: "group", path: "/c/{group}", act: (page) => page.getByText("Sunday, then").last().waitFor() },
    {
      name: "invitation",
      path: "/c/{invitation}",
      act: (page) => page.getByText("You were added to this group").waitFor(),
    },
    { name: "message menu", path: "/c/{ines}", act: messageMenu },
    { name: "forward", path: "/c/{ines}", act: forward },
    {
      name: "archived",
      path: "/archived",
      act: (page) => page.getByText("Thank you for the lens").first().waitFor(),
    },
    { name: "conversation menu", path: "/c/{ines}", act: menu("Conversation menu") },
    { name: "request", path: "/c/{lea}", act: (page) => page.getByRole("button", { name: "Accept" }).waitFor() },
    { name: "refusal", path: "/with/{noor}", act: (page) => page.getByText("is not accepting messages").waitFor() },
    { name: "unsend", path: "/c/{ines}", act: unsendQuestion },
    { name: "photo preview", path: "/c/{ines}", act: choosePhoto },
    {
      name: "photo problem",
      path: "/c/{ines}",
      act: (page) =>
        page
          .getByTestId("gallery")
          .setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no photo") }),
    },
    { name: "lightbox", path: "/c/{ines}", act: openPhoto },
    { name: "new conversation", path: "/", act: startConversation },
    { name: "search", path: "/", act: search },
    { name: "profile", path: "/people/ines", act: (page) => page.getByRole("button", { name: "Friends" }).waitFor() },
    {
      name: "my profile",
      path: "/people/ada",
      act: (page) => page.getByRole("button", { name: "Edit profile" }).waitFor(),
    },
    { name: "edit profile", path: "/me/edit" },
    {
      name: "followers",
      path: "/people/ines/followers",
      act: (page) => page.getByRole("main").getByText("@ada").last().waitFor(),
    },
    { name: "settings", path: "/settings" },
    { name: "privacy", path: "/settings/privacy" },
    { name: "direct messages", path: "/settings/privacy/direct-messages" },
    { name: "blocked people", path: "/settings/privacy/blocked" },
    { name: "appearance", path: "/settings/appearance" },
    { name: "notifications", path: "/settings/notifications", act: heading("Notifications") },
    { name: "account", path: "/settings/account", act: heading("Account") },
    { name: "writing", path: "/settings/writing", act: heading("Writing") },
    { name: "language", path: "/settings/language", act: heading("Language") },
    { name: "devices", path: "/settings/devices", act: (page) => page.getByText("This device").waitFor() },
    {
      name: "nobody by that name",
      path: "/people/nobody.here",
      act: (page) => page.getByText("Nobody here goes by").waitFor(),
    },
  ];
}

async function fill({ me, ines, tomas, lea, noor }: Record<"me" | "ines" | "tomas" | "lea" | "noor", Member>) {
  await befriend(me, ines);
  await befriend(me, tomas);
  await me.sotto.call("settings.update", { whoMayMessage: "everyone" });
  const photo = new File([(await drawPhoto({ seed: 1, width: 1600, height: 1200 })).slice().buffer], "dunes.jpg", {
    type: "image/jpeg",
  });
  await write(ines, me, "Back from the coast. Tell me which one you would print: https://ines.example/new");
  await write(ines, me, "Dunes before the rain", photo);
  const inesId = await write(me, ines, "This one, for the cover");
  await converse({ me, ines, tomas, conversationId: inesId });
  await write(tomas, me, "which one you would print?");
  // R2: who takes messages from friends only writes to friends only.
  await lea.sotto.call("settings.update", { whoMayMessage: "everyone" });
  const leaId = await write(lea, me, "Hello! I would love to hear how you metered the sand.");
  await noor.sotto.call("settings.update", { whoMayMessage: "no_one" });
  const group = await me.sotto.call("conversations.createGroup", { clientId: "trip", personIds: [ines.id, tomas.id] });
  await ines.sotto.call("messages.send", { conversationId: group.id, clientId: "trip-1", text: "Sunday, then?" });
  const invitation = await ines.sotto.call("conversations.createGroup", { clientId: "print", personIds: [me.id] });
  return { ines: inesId, lea: leaId, noor: noor.id, group: group.id, invitation: invitation.id };
}

/** What a conversation may hold besides words and photos. */
async function converse(options: Record<"me" | "ines" | "tomas", Member> & { conversationId: string }): Promise<void> {
  const { me, ines, tomas, conversationId } = options;
  const { items } = await me.sotto.call("messages.list", { conversationId });
  const [asked, photo, answered] = items;
  if (asked === undefined || photo === undefined || answered === undefined) throw new Error("nothing was said");
  const one = (message: { id: string }) => ({ conversationId, messageId: message.id });
  for (const emoji of ["❤️", "🔥"]) await me.sotto.call("messages.react", { ...one(photo), emoji });
  await ines.sotto.call("messages.react", { ...one(photo), emoji: "❤️" });
  await ines.sotto.call("messages.react", { ...one(answered), emoji: "👍" });
  await me.sotto.call("messages.pin", one(asked));
  await me.sotto.call("messages.edit", { ...one(answered), text: "This one, for the cover, and the wall" });
  const send = { conversationId, mediaIds: [] };
  await ines.sotto.call("messages.send", {
    ...send,
    clientId: "s1",
    text: "Then I print it at sixty",
    replyToId: photo.id,
  });
  await me.sotto.call("messages.send", {
    ...send,
    clientId: "s2",
    text: "On the matte paper?",
    replyToId: answered.id,
  });
  await ines.sotto.call("messages.send", { ...send, clientId: "s3", text: "", cardPersonId: tomas.id });
  await me.sotto.call("messages.send", { ...send, clientId: "s4", text: "for the cover" });
}

async function messageMenu(page: Page): Promise<void> {
  const message = page.getByRole("article").filter({ hasText: "which one you would print" }).first();
  await message.hover();
  await message.getByRole("button", { name: "Message menu" }).press("Enter");
  await page.getByRole("menuitem", { name: "Reply" }).waitFor();
}

async function forward(page: Page): Promise<void> {
  await messageMenu(page);
  await page.getByRole("menuitem", { name: "Forward" }).click();
  await page
    .getByRole("dialog")
    .getByRole("checkbox", { name: /@tomas/u })
    .click();
}

async function unsendQuestion(page: Page): Promise<void> {
  const message = page.getByRole("article").filter({ hasText: "for the cover" }).last();
  await message.hover();
  await message.getByRole("button", { name: "Message menu" }).press("Enter");
  await page.getByRole("menuitem", { name: "Unsend" }).click();
  await page.getByRole("dialog").waitFor();
}

async function choosePhoto(page: Page): Promise<void> {
  const buffer = Buffer.from(await drawPhoto({ seed: 4, width: 800, height: 1000 }));
  await page.getByTestId("gallery").setInputFiles({ name: "flowers.jpg", mimeType: "image/jpeg", buffer });
  await page.getByRole("img", { name: "Preview of flowers.jpg" }).waitFor();
}

async function openPhoto(page: Page): Promise<void> {
  await page
    .getByRole("button", { name: /^Open: Photo from Ines/u })
    .first()
    .click();
  await page.locator("img.yarl__slide_image").first().waitFor();
  await page.waitForTimeout(400);
}

async function startConversation(page: Page): Promise<void> {
  await page.getByRole("button", { name: "New conversation" }).first().click();
  await page.getByRole("dialog").getByText("@ines").waitFor();
}

async function search(page: Page): Promise<void> {
  await page.getByRole("searchbox", { name: "Search people and messages" }).fill("i");
  await page.getByRole("heading", { name: "People" }).waitFor();
}
