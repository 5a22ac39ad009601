import { basename } from "node:path";
import { mayReadEnvironment } from "./import-rules.ts";
import { isTest, type Source, type Violation } from "./sources.ts";

/** What a line of text can show without a parser. Sizes, `any`, `!` and default exports are the linter's. */
export function checkText(sources: Source[]): Violation[] {
  return sources.flatMap(({ path, text }) => {
    const found: Violation[] = [];
    const add = (rule: string, detail: string) => found.push({ path, rule, detail });
    if (/\b(process|Bun)\.env\b/.test(text) && !isTest(path) && !mayReadEnvironment.includes(path)) {
      add("environment", "only config.ts reads the environment: take what you need as an argument");
    }
    if (/(^|-)(utils?|helpers?|common|manager|misc)\b/.test(basename(path))) {
      add("empty name", "name the file for what it does");
    }
    if (/^index\.tsx?$/.test(basename(path)) || isBarrel(text)) add("barrel", "import from the file that has it");
    const side = path.startsWith("apps/web/src/") ? physicalClass.exec(text)?.[0] : undefined;
    if (side !== undefined)
      add("physical side", `${side.trim()}: a language may run the other way; use ms- me- ps- pe- start- end-`);
    if (/\/\/ *(@ts-ignore|@ts-nocheck)|(?:ox|es)lint-disable(?!-next-line [a-z/-]+ -- )/.test(text)) {
      add("silenced check", "say which rule is off for which line, and why: oxlint-disable-next-line rule -- reason");
    }
    return found;
  });
}

/** A class of Tailwind that names a left or a right. */
const physicalClass =
  /(?<=["'`\s:])-?(?:(?:scroll-)?[mp][lr]-[\w.[(]+|(?:left|right)-[\w.[(]+|(?:text|float|clear)-(?:left|right)|(?:border-[lr]|rounded-(?:[lr]|[tb][lr]))(?:-[\w.[(]+)?)(?=["'`\s])/u;

/** A file that only passes on what others export. */
function isBarrel(text: string): boolean {
  const statements = text
    .replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, "")
    .match(/^(export|import|const|function|class|interface|type|let)\b.*$/gm);
  return statements !== null && statements.every((line) => /^export\b.*\bfrom\b|^export \{$/.test(line));
}
