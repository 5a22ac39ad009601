import { plantedSources } from "./tidy/canaries.ts";
import { checkImports } from "./tidy/check-imports.ts";
import { checkLockFile } from "./tidy/check-lock-file.ts";
import { checkText } from "./tidy/check-text.ts";
import { missedByLint } from "./tidy/lint-canaries.ts";
import { readSources, type Source, type Violation } from "./tidy/sources.ts";

// What neither the compiler nor the linter can see: which folder may import which, and a few words that must not appear.
// First it shows that it finds what was planted for it: a check that finds nothing proves nothing.
const missed = [...missedByTidy(), ...(await missedByLint())];
for (const what of missed) console.error(`tidy: a planted violation was not found: ${what}`);

const sources = readSources();
const violations = [...check(sources), ...checkLockFile()];
for (const { path, rule, detail } of violations) console.error(`${path}: ${rule}: ${detail}`);

console.log(
  `tidy: ${sources.length} files, ${violations.length} violations; ${plantedSources.length} planted ones, ${missed.length} missed`,
);
process.exit(violations.length + missed.length > 0 ? 1 : 0);

function check(list: Source[]): Violation[] {
  return [...checkImports(list), ...checkText(list)];
}

function missedByTidy(): string[] {
  return plantedSources
    .filter(({ source, rule }) => !check([source]).some((violation) => violation.rule === rule))
    .map(({ source, rule }) => `${rule} in ${source.path}`);
}
