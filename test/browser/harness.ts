import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { startTestServer, type TestServer } from "../../apps/server/src/test-server.ts";
import { findBrowser, launchBrowser, screenshotFolder, type FoundBrowser } from "./browser.ts";

/** The whole product for a browser test: the server, the built web app, and a browser to look at it with. */
export interface Stage extends AsyncDisposable {
  url: string;
  server: TestServer;
  browser: Browser;
}

export const found: FoundBrowser = await findBrowser();
/** Why the browser tests cannot run on this machine, or null. */
export const skipReason: string | null = reasonToSkip();

export const desk = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

export async function openStage(options: Parameters<typeof startTestServer>[0] = {}): Promise<Stage> {
  if (found.is === "missing") throw new Error(found.reason);
  const server = await startTestServer(options);
  const browser = await launchBrowser(found);
  const close = async () => {
    await browser.close();
    await server.stop();
  };
  return { url: server.url, server, browser, [Symbol.asyncDispose]: close };
}

export interface Visitor {
  context: BrowserContext;
  page: Page;
  /** What the page wrote to the console as an error, and what it threw. */
  faults: string[];
  /** Addresses asked of anybody but our server (T12). */
  strangers: string[];
  /** How many were asked for in all. */
  requests: () => number;
}

/** Somebody with a browser of their own: no cookie and no storage is shared with the others. */
export async function visitor(stage: Stage, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await stage.browser.newContext({
    viewport: desk,
    locale: "en-GB",
    timezoneId: "Europe/Madrid",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults: string[] = [];
  const strangers: string[] = [];
  let requests = 0;
  page.on("pageerror", (error) => faults.push(`thrown: ${error.message}`));
  page.on("console", (message) => {
    // A refusal is an answer: the browser's own note about its status is not a fault of the page.
    const expected = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !expected) faults.push(message.text());
  });
  context.on("request", (request) => {
    requests += 1;
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== stage.url) strangers.push(request.url());
  });
  return { context, page, faults, strangers, requests: () => requests };
}

export interface NewPerson {
  username: string;
  name: string;
}

export const password = "three calm words";

/** Through the door, as anybody would come in. */
export async function signUp(stage: Stage, { page }: Visitor, person: NewPerson): Promise<void> {
  await page.goto(`${stage.url}/sign-up`);
  await page.getByLabel("Name", { exact: true }).fill(person.name);
  await page.getByLabel("Username").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByRole("heading", { name: "Messages" }).waitFor();
}

export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(screenshotFolder(), `${name}.png`) });
}

function reasonToSkip(): string | null {
  if (found.is === "missing") return found.reason;
  const built = fileURLToPath(new URL("../../apps/web/dist/index.html", import.meta.url));
  return existsSync(built) ? null : "the web app is not built: npm run build";
}
