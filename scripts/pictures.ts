import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { findBrowser, launchBrowser } from "../test/browser/browser.ts";

/**
 * Takes the pictures of the README from a running demo:
 *
 *     npm start -- --demo
 *     npx bun scripts/pictures.ts --url http://localhost:4600
 */
const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://localhost:4600" },
    username: { type: "string", default: "ines" },
    password: { type: "string", default: "northlight-photo-club" },
  },
});

const mostBytes = 300_000;
const folder = new URL("../docs/images/", import.meta.url);
const desk = { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 2 };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

interface Picture {
  name: string;
  screen: typeof desk | typeof phone;
  theme: "light" | "dark";
  act: (page: Page) => Promise<void>;
}

const pictures: Picture[] = [
  { name: "conversation-light", screen: desk, theme: "light", act: openPhotoConversation },
  { name: "conversation-dark", screen: desk, theme: "dark", act: openPhotoConversation },
  { name: "phone-inbox", screen: phone, theme: "light", act: async () => {} },
  { name: "phone-conversation", screen: phone, theme: "light", act: openPhotoConversation },
  { name: "phone-dark", screen: phone, theme: "dark", act: openPhotoConversation },
  { name: "privacy", screen: phone, theme: "dark", act: (page) => go(page, "/settings/privacy/direct-messages") },
];

await main();

async function main(): Promise<void> {
  const found = await findBrowser();
  if (found.is === "missing") throw new Error(found.reason);
  await mkdir(folder, { recursive: true });
  const browser = await launchBrowser(found);
  try {
    for (const picture of pictures) await take(browser, picture);
  } finally {
    await browser.close();
  }
}

async function take(browser: Browser, { name, screen, theme, act }: Picture): Promise<void> {
  const context = await browser.newContext({ ...screen, colorScheme: theme, locale: "en-GB", reducedMotion: "reduce" });
  const page = await context.newPage();
  await signIn(page);
  await act(page);
  await settle(page);
  const bytes = await small(await page.screenshot());
  await writeFile(new URL(`${name}.webp`, folder), bytes);
  console.log(`${fileURLToPath(new URL(`${name}.webp`, folder))}: ${Math.round(bytes.length / 1000)} kB`);
  await context.close();
}

/** A smaller quality until it fits: a README is read on phones too. */
async function small(png: Buffer): Promise<Buffer> {
  for (let quality = 86; quality > 40; quality -= 8) {
    const bytes = await sharp(png).webp({ quality, effort: 6 }).toBuffer();
    if (bytes.length <= mostBytes) return bytes;
  }
  throw new Error(`a picture does not fit into ${mostBytes} bytes`);
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${options.url}/sign-in`);
  await page.getByLabel("Username").fill(options.username);
  await page.getByLabel("Password", { exact: true }).fill(options.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Messages" }).getByRole("link").first().waitFor();
}

async function openPhotoConversation(page: Page): Promise<void> {
  const rows = page.getByRole("navigation", { name: "Messages" }).getByRole("link");
  await rows.filter({ hasText: "Tom Arden" }).first().click();
  await page
    .getByRole("region", { name: /^Messages with/u })
    .getByRole("article")
    .first()
    .waitFor();
}

async function go(page: Page, path: string): Promise<void> {
  await page.goto(options.url + path);
  await page.getByRole("heading", { level: 1 }).last().waitFor();
}

/** Every picture that is in sight has been drawn. */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(800);
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  await page.waitForTimeout(300);
}
