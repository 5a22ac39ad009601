import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { printConfigProblems, readConfig } from "../src/config.ts";

const root = join(import.meta.dir, "../../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const filesBelow = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));

/** As the README lists them; config.test.ts holds the README to the code. */
const settings = new Set([...read("README.md").matchAll(/^\| `([A-Z3_]+)` \|/gm)].map(([, name]) => name));
const operationsFiles = filesBelow("ops").filter((path) => !path.endsWith("/.env"));

test("every file in ops names settings that there are", () => {
  const named = [...operationsFiles, "docs/operations.md"].flatMap((path) =>
    [...read(path).matchAll(/\b(?:SOTTO|OTEL)_[A-Z_]*[A-Z]|\b(?:DATABASE|NATS|S3)_URL\b/g)].map(([name]) => ({
      path,
      name,
    })),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ name }) => !settings.has(name))).toEqual([]);
});

test("what is YAML can be read, and the alerts' job is the one that is scraped", () => {
  const yaml = operationsFiles.filter((path) => path.endsWith(".yml"));
  expect(yaml.length).toBeGreaterThanOrEqual(3);
  for (const path of yaml) expect([path, typeof Bun.YAML.parse(read(path))]).toEqual([path, "object"]);
  expect(read("ops/compose/prometheus.yml")).toContain("job_name: sotto\n");
});

interface Compose {
  services: Record<string, { environment?: Record<string, string>; volumes?: string[] }>;
}

test("each process of the compose file could start with the values of .env.example", () => {
  const values = Object.fromEntries(
    [...read("ops/compose/.env.example").matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
  const text = read("ops/compose/compose.yml").replaceAll(
    /\$\{([A-Z0-9_]+):\?\}/g,
    (_, name: string) => values[name] ?? "",
  );
  const { services } = Bun.YAML.parse(text) as Compose;
  const ours = Object.entries(services).filter(([, { environment }]) => environment?.["SOTTO_URL"] !== undefined);
  expect(ours.map(([name]) => name)).toEqual(["sotto-1", "sotto-2", "worker", "tools"]);
  const dataDir = mkdtempSync(join(tmpdir(), "sotto-ops-"));
  const problems = ours.map(([name, { environment }]) => {
    const config = readConfig({ ...environment, SOTTO_DATA: dataDir }, []);
    return [name, Array.isArray(config) ? printConfigProblems(config) : "none"];
  });
  rmSync(dataDir, { recursive: true });
  expect(problems).toEqual(ours.map(([name]) => [name, "none"]));
});

test("what the documents, the units and doctor name by its path is there", () => {
  const texts = [
    ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"],
    ...filesBelow("docs").filter((path) => path.endsWith(".md")),
    ...operationsFiles,
    ...filesBelow("apps/server/src/cli").filter((path) => path.endsWith(".ts") && !path.includes(".test.")),
  ];
  const named = texts.flatMap((path) => pathsIn(read(path), path).map((target) => ({ path, target })));
  const gone = named.filter(({ target }) => !existsSync(join(root, target)));
  console.log(
    `${texts.length} files name ${new Set(named.map(({ target }) => target)).size} others, ${gone.length} are not there`,
  );
  expect(gone).toEqual([]);
  expect(named.length).toBeGreaterThan(30);
});

/** Links, relative to the file that has them; and `docs/…`, `ops/…` anywhere, from the root. */
function pathsIn(text: string, from: string): string[] {
  const links = [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => join(dirname(from), link));
  const named = [...text.matchAll(/(?<![\w/.-])(?:docs|ops)\/[\w./-]*\w/g)].map(([path]) => path);
  return [...(from.endsWith(".md") ? links : []), ...named];
}
