import type { Source } from "./sources.ts";

/** One planted violation for each rule; `npm test` fails when one of them is not found. */
export const plantedSources: { source: Source; rule: string }[] = [
  plant("packages/protocol/src/planted.ts", `import { x } from "@sotto/domain/x.ts";`, "workspace order"),
  plant("packages/domain/src/planted.ts", `import type { X } from "@sotto/sdk/x.ts";`, "workspace order"),
  plant("packages/sdk/src/planted.ts", `const x = await import("@sotto/server/x.ts");`, "workspace order"),
  plant("apps/server/src/messages/planted.ts", `import { x } from "@sotto/sdk/x.ts";`, "workspace order"),
  plant("apps/web/src/planted.ts", `import { x } from "../../server/src/x.ts";`, "own workspace"),
  plant("packages/sdk/src/planted.ts", `export { x } from "../../protocol/src/x.ts";`, "own workspace"),
  plant("apps/server/src/gateway/planted.ts", `import { send } from "../messages/send.ts";`, "folder edge"),
  plant("apps/server/src/people/planted.ts", `import type { Send } from "../messages/send.ts";`, "folder edge"),
  plant("apps/server/src/db/planted.ts", `import { x } from "../people/store.ts";`, "folder edge"),
  plant("apps/server/src/brandnew/planted.ts", `import { x } from "../people/store.ts";`, "unknown folder"),
  plant("apps/server/src/media/planted.ts", `import { diskBlobs } from "../adapters/blobs-disk.ts";`, "adapters"),
  plant("apps/server/src/people/planted.ts", `import { startApp } from "../app.ts";`, "composition"),
  plant("apps/server/src/people/planted.ts", "const port = process.env.SOTTO_PORT;", "environment"),
  plant("packages/sdk/src/planted.ts", `const port = Bun.env["SOTTO_PORT"];`, "environment"),
  plant("apps/server/src/people/people-utils.ts", "export const x = 1;", "empty name"),
  plant("apps/web/src/inbox/index.ts", "export const x = 1;", "barrel"),
  plant("apps/web/src/inbox/planted.ts", `export { a } from "./a.ts";\nexport * from "./b.ts";`, "barrel"),
  plant("apps/web/src/planted.tsx", `const go = <p className="flex ml-2" />;`, "physical side"),
  plant("apps/web/src/planted.tsx", `const go = <p className="md:left-0" />;`, "physical side"),
  plant("apps/web/src/planted.tsx", `const go = <p className="text-right" />;`, "physical side"),
  plant("apps/web/src/planted.tsx", `const go = <p className="rounded-tl-joint" />;`, "physical side"),
  plant("apps/web/src/planted.ts", "// @ts-ignore\nexport const x = 1;", "silenced check"),
  plant("apps/web/src/planted.ts", "/* oxlint-disable */\nexport const x = 1;", "silenced check"),
  plant("apps/web/src/planted.ts", "// eslint-disable-next-line no-console\nexport const x = 1;", "silenced check"),
];

/** The linter's rules that this project leans on: each with text that breaks it. */
export const plantedLint: Record<string, string> = {
  "typescript(no-floating-promises)":
    "async function late(): Promise<void> {}\nexport function go(): void {\n  late();\n}\n",
  "typescript(no-misused-promises)":
    "export function go(list: string[]): string[] {\n  return list.filter(async () => true);\n}\n",
  "typescript(no-explicit-any)": "export function go(x: any): void {\n  console.log(x);\n}\n",
  "typescript(no-non-null-assertion)": "export function go(x: string | undefined): string {\n  return x!;\n}\n",
  "typescript(switch-exhaustiveness-check)":
    'export function go(x: "a" | "b"): void {\n  switch (x) {\n    case "a":\n      console.log(x);\n  }\n}\n',
  "import(no-default-export)": "export default 1;\n",
  "eslint(max-lines-per-function)": `export function go(): void {\n${"  console.log(1);\n".repeat(70)}}\n`,
  "eslint(max-lines)": "export {};\n" + "// line\n".repeat(400),
  "react(no-danger)": 'export const go = <p dangerouslySetInnerHTML={{ __html: "x" }} />;\n',
};

function plant(path: string, text: string, rule: string): { source: Source; rule: string } {
  return { source: { path, text }, rule };
}
