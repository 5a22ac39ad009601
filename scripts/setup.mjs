// Makes a clone ready to run: what `npm start`, `npm test` and the others call first. Plain Node (20 or newer), no
// dependency: it runs before there are any. With nothing to do it says nothing and takes some 50 ms.
//
//   node scripts/setup.mjs         installs the packages that package-lock.json names
//   node scripts/setup.mjs --web   also builds the web app
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const dist = join(root, "apps/web/dist");
const stamp = join(dist, ".stamp");

try {
  await installPackages();
  await finishBun();
  if (process.argv.includes("--web")) await buildWebApp();
} catch (error) {
  console.error(`\nsetup: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function installPackages() {
  const why = whatIsMissing();
  if (why === undefined) return;
  // npm says its own name and arguments to its scripts: the same npm is used again, whichever it is.
  const npm = process.env.npm_execpath?.endsWith(".js") ? [process.execPath, process.env.npm_execpath] : ["npm"];
  await step(`installing packages (${why}); this takes about a minute, once`, {
    command: [...npm, "ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"],
    failed: "npm ci failed. Is the package registry reachable?",
  });
}

/**
 * Compares what npm has installed with the lock file, package by package. File times would do it with less work, and
 * are wrong after a checkout of another branch.
 */
function whatIsMissing() {
  const installed = readJson(join(modules, ".package-lock.json"))?.packages;
  if (installed === undefined) return "none are there yet";
  const wanted = readJson(join(root, "package-lock.json"))?.packages;
  if (wanted === undefined) throw new Error("package-lock.json cannot be read.");
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.includes("node_modules/") || entry.optional || entry.devOptional) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    if (!entry.link && installed[path]?.version !== entry.version) return `${name} ${entry.version} is not there`;
    if (!existsSync(join(root, path))) return `${name} is not there`;
  }
  return undefined;
}

/** Where install scripts may not run (`ignore-scripts`, npm 12), Bun's has not fetched its program into place. */
async function finishBun() {
  const program = join(modules, "bun/bin/bun.exe");
  if (existsSync(program) && statSync(program).size > 1_000_000) return;
  await step("putting Bun in place", {
    command: [process.execPath, "install.js"],
    cwd: join(modules, "bun"),
    failed: "Bun could not be put in place.",
  });
}

async function buildWebApp() {
  if (!existsSync(join(root, "apps/web/index.html"))) return;
  const sources = hashSources();
  if (readText(stamp) === sources) return;
  rmSync(stamp, { force: true });
  await step("building the web app", {
    command: [join(modules, ".bin/bun"), "--bun", join(modules, "vite/bin/vite.js"), "build", "--logLevel", "warn"],
    cwd: join(root, "apps/web"),
    // The whole environment but this: a build for development would be served as the real one.
    env: { ...process.env, NODE_ENV: "production" },
    failed: "The web app could not be built.",
  });
  // Written last: a build that was cut off has no stamp.
  writeFileSync(stamp, sources);
}

/** What the build is made from: contents, not times. */
function hashSources() {
  const hash = createHash("sha256");
  const folders = ["apps/web", "packages/protocol", "packages/domain", "packages/sdk"];
  const files = [join(root, "package-lock.json"), ...folders.flatMap((folder) => listFiles(join(root, folder)))];
  for (const file of files.toSorted((a, b) => (a < b ? -1 : 1)))
    hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (["dist", "node_modules", "test"].includes(entry.name) || entry.name.startsWith(".")) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return listFiles(path);
    return /\.test\.tsx?$/.test(entry.name) ? [] : [path];
  });
}

/** Runs a command with its output, and says that it is alive, and how long it took. */
async function step(what, { command, cwd = root, env = process.env, failed }) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  console.log(`setup: ${what} …`);
  const ticker = setInterval(() => console.log(`setup: … ${seconds()} s`), 5000);
  const [program, ...words] = command;
  const code = await new Promise((resolve) => {
    const child = spawn(program, words, { cwd, env, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on("close", resolve);
  });
  clearInterval(ticker);
  if (code !== 0) throw new Error(failed);
  console.log(`setup: done in ${seconds()} s`);
}

function readJson(path) {
  const text = readText(path);
  return text === undefined ? undefined : JSON.parse(text);
}

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
