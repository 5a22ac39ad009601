import { plugin } from "bun";

export interface Edit {
  /** The end of the module's path. */
  module: string;
  from: RegExp;
  to: string;
}

/**
 * For modules that run before the server's own (`--preload`): changes the text of some of them as they are loaded, so that no
 * switch for a bug lies in the server. Throws when a place is not there any more: a bug that is not planted proves nothing.
 */
export function plantEdits(name: string, edits: readonly Edit[]): void {
  plugin({
    name,
    setup(build) {
      for (const [module, ofOne] of Map.groupBy(edits, (edit) => edit.module)) {
        const filter = new RegExp(`${module.replaceAll(".", "\\.")}$`);
        build.onLoad({ filter }, async ({ path }) => {
          const text = await Bun.file(path).text();
          return { contents: ofOne.reduce((before, edit) => change(before, edit, name), text), loader: "ts" };
        });
      }
    },
  });
}

function change(text: string, { from, to, module }: Edit, name: string): string {
  if (!from.test(text)) throw new Error(`${name}: the place for the planted bug is not in ${module} any more`);
  return text.replace(from, to);
}
