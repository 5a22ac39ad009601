import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { arch, platform, tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser } from "playwright-core";

/**
 * A real browser for the tests: the Chromium that ships inside an npm package on Linux x64, an installed Chrome elsewhere.
 * Nothing is downloaded and no system package is needed.
 */
export async function findBrowser(): Promise<FoundBrowser> {
  if (platform() === "linux" && arch() === "x64") return { is: "found", ...(await packagedChromium()) };
  const installed = installedChromes.find((path) => existsSync(path));
  if (installed !== undefined) return { is: "found", executablePath: installed, env: {} };
  return {
    is: "missing",
    reason: `no packaged Chromium for ${platform()} ${arch()}, and no installed Chrome was found`,
  };
}

export async function launchBrowser(found: Found): Promise<Browser> {
  return chromium.launch({
    executablePath: found.executablePath,
    env: { ...definedEnvironment(), ...found.env },
    // The package's own arguments are not used: `--single-process` takes the browser down with the second page.
    args: [...quietArguments, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
    chromiumSandbox: process.getuid?.() !== 0,
  });
}

/** A browser must not talk to anybody during a test of what the app talks to (T12). */
const quietArguments = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-domain-reliability",
  "--no-pings",
  "--force-color-profile=srgb",
  "--font-render-hinting=none",
];

const installedChromes = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/usr/bin/google-chrome",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

async function packagedChromium(): Promise<{ executablePath: string; env: Record<string, string> }> {
  const folder = join(tmpdir(), `sotto-chromium-153-${userInfo().uid}`);
  if (!existsSync(folder)) await inflateInto(folder);
  const env: Record<string, string> = { TMPDIR: tmpdir(), FONTCONFIG_FILE: join(folder, "fonts.conf") };
  if (!systemHasNss()) env["LD_LIBRARY_PATH"] = join(folder, "al2023", "lib");
  return { executablePath: join(folder, "chromium"), env };
}

/** Unpacks beside, then renames: a run that was cut short leaves no half of a browser, and two runs do not collide. */
async function inflateInto(folder: string): Promise<void> {
  const beside = mkdtempSync(`${folder}-`);
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = beside;
  try {
    const { default: packaged, inflate } = await import("@sparticuz/chromium");
    await packaged.executablePath();
    const bin = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..", "bin");
    await inflate(join(bin, "al2023.tar.br"));
    writeFileSync(join(beside, "fonts.conf"), fontsConf(folder));
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
  try {
    renameSync(beside, folder);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/** The package's own list of folders holds on one cloud only. The machine's fonts come second: they may be none. */
function fontsConf(folder: string): string {
  const folders = [join(folder, "fonts"), "/usr/share/fonts", "/usr/local/share/fonts"]
    .map((one) => `<dir>${one}</dir>`)
    .join("");
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders}<cachedir>${join(folder, "fonts-cache")}</cachedir></fontconfig>\n`;
}

function systemHasNss(): boolean {
  return ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib/x86_64-linux-gnu"].some((folder) =>
    existsSync(join(folder, "libnss3.so")),
  );
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** Where pictures of the screens go; ignored by git. */
export function screenshotFolder(): string {
  const folder = fileURLToPath(new URL("../../tmp/screens/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  return folder;
}

export type FoundBrowser = ({ is: "found" } & Found) | { is: "missing"; reason: string };

interface Found {
  executablePath: string;
  env: Record<string, string>;
}
