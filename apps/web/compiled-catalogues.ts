import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { ar } from "./src/text/ar.ts";
import { en } from "./src/text/en.ts";

/**
 * Sentences are parsed when the app is built: the parser stays out of the first load. What has no placeholder stays a string, and is
 * shown as it is (`text/intl.tsx`).
 */
export function compiledCatalogues() {
  const catalogues = { en, ar };
  const parser = "@formatjs/icu-messageformat-parser";
  return {
    name: "compiled-catalogues",
    enforce: "pre" as const,
    config: () => ({
      resolve: { alias: [{ find: new RegExp(`^${parser}$`), replacement: `${parser}/no-parser.js` }] },
    }),
    load(id: string) {
      const language = /\/src\/text\/(en|ar)\.ts$/u.exec(id)?.[1];
      if (language !== "en" && language !== "ar") return undefined;
      return `export const ${language} = JSON.parse(${JSON.stringify(JSON.stringify(compiled(catalogues[language])))});`;
    },
  };
}

function compiled(sentences: Record<string, string>): Record<string, string | MessageFormatElement[]> {
  return Object.fromEntries(Object.entries(sentences).map(([id, sentence]) => [id, plainOr(parse(sentence))]));
}

function plainOr(parsed: MessageFormatElement[]): string | MessageFormatElement[] {
  const [first] = parsed;
  return parsed.length === 1 && first?.type === TYPE.literal ? first.value : parsed;
}
