import { dirname, join } from "node:path";
import { adapterUser, compositionFiles, mayUseSdk, serverFolders, workspaces } from "./import-rules.ts";
import { isTest, type Source, type Violation } from "./sources.ts";

const serverSource = "apps/server/src/";

export function checkImports(sources: Source[]): Violation[] {
  return sources.flatMap((source) =>
    importsOf(source.text).flatMap((specifier) => {
      const broken = specifier.startsWith(".")
        ? relativeImport(source.path, specifier)
        : packageImport(source.path, specifier);
      return broken === undefined ? [] : [{ path: source.path, ...broken }];
    }),
  );
}

type Broken = Pick<Violation, "rule" | "detail"> | undefined;

/** Types count too: who knows a type of another folder knows that folder. */
function importsOf(text: string): string[] {
  const pattern = /\b(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}

function packageImport(path: string, specifier: string): Broken {
  const name = /^@sotto\/[a-z]+/.exec(specifier)?.[0];
  const workspace = workspaceOf(path);
  if (name === undefined || workspace === undefined) return undefined;
  if (name === `@sotto/${workspace.split("/")[1]}`) return undefined;
  const allowed = workspaces[workspace] ?? [];
  const sdkToo = name === "@sotto/sdk" && (isTest(path) || mayUseSdk.some((prefix) => path.startsWith(prefix)));
  if (allowed.includes(name) || sdkToo) return undefined;
  return { rule: "workspace order", detail: `${workspace} may not import ${name}` };
}

function relativeImport(path: string, specifier: string): Broken {
  const target = join(dirname(path), specifier);
  const workspace = workspaceOf(path);
  if (workspace !== undefined && !target.startsWith(`${workspace}/`)) {
    return isTest(path)
      ? undefined
      : { rule: "own workspace", detail: `${specifier} leaves ${workspace}: import it by its package name` };
  }
  if (isTest(path) || !path.startsWith(serverSource) || !target.startsWith(serverSource)) return undefined;
  return serverImport(path.slice(serverSource.length), target.slice(serverSource.length));
}

function serverImport(from: string, to: string): Broken {
  const [fromFolder, toFolder] = [folderOf(from), folderOf(to)];
  if (toFolder === "adapters" && fromFolder !== "adapters" && from !== adapterUser) {
    return { rule: "adapters", detail: `only ${adapterUser} names adapters, and this imports ${to}` };
  }
  if (fromFolder === undefined) return undefined;
  if (toFolder === undefined) {
    const composes = compositionFiles.includes(to) && fromFolder !== "cli";
    return composes ? { rule: "composition", detail: `${to} puts the server together: nothing imports it` } : undefined;
  }
  if (fromFolder === toFolder) return undefined;
  const allowed = serverFolders[fromFolder];
  if (allowed === undefined)
    return { rule: "unknown folder", detail: `${fromFolder}/ is not in scripts/tidy/import-rules.ts` };
  if (allowed.includes(toFolder)) return undefined;
  return { rule: "folder edge", detail: `${fromFolder}/ may not import ${toFolder}/ (${to})` };
}

function workspaceOf(path: string): string | undefined {
  return Object.keys(workspaces).find((workspace) => path.startsWith(`${workspace}/`));
}

function folderOf(path: string): string | undefined {
  return path.includes("/") ? path.split("/")[0] : undefined;
}
