/** A test's own line about a threat: `T6: 14 canaries searched, 0 found`, perhaps with rules and capabilities before the colon. */
export interface Figure {
  row: number;
  text: string;
}

/** The rows that a run of `npm test` must have measured; the number is the threat's, the words are for the table alone. */
const rowNames: Record<number, string> = {
  1: "strangers",
  2: "replayed photos",
  3: "former members",
  4: "sockets from elsewhere",
  5: "ended sessions",
  6: "unsent text",
  7: "unsent photos",
  8: "blocked, in a race",
  9: "blocked, by the side",
  10: "the network inside",
  11: "hostile pages",
  12: "third parties",
  13: "polyglots",
  14: "bombs",
  16: "corrupt files",
  17: "places in photos",
  18: "abandoned uploads",
  20: "injection",
  23: "disguised words",
  24: "telling people apart",
  26: "extra keys",
  27: "hostile values",
  28: "worst strings",
  29: "floods",
  30: "damaged rows",
  31: "forged read markers",
  32: "lock screens",
  35: "power cuts",
  36: "backups",
};
export const requiredRows = [6, 10, 11, 12, 20, 27, 28, 31, 32] as const;

/** Lines that begin with numbers of ours, at least one of a threat, and a colon. */
export function readFigures(output: string): Figure[] {
  const figures: Figure[] = [];
  for (const line of Bun.stripANSI(output).split("\n")) {
    const [, numbers = "", text = ""] = /^((?:[TRC]\d+[, ]*)+)(?:[^:]{0,60})?: (.*\d.*)$/.exec(line) ?? [];
    for (const [, row] of numbers.matchAll(/T(\d+)/g)) figures.push({ row: Number(row), text });
  }
  return figures;
}

/** The table, and the rows that no test measured. */
export function threatTable(figures: readonly Figure[]): { lines: string[]; missing: number[] } {
  const byRow = Map.groupBy(figures, ({ row }) => row);
  const lines = [...byRow.keys()]
    .toSorted((a, b) => a - b)
    .flatMap((row) => {
      const texts = [...new Set((byRow.get(row) ?? []).map(({ text }) => text))];
      return texts.map((text, nth) =>
        nth === 0 ? `${`T${row}`.padEnd(4)} ${(rowNames[row] ?? "").padEnd(22)} ${text}` : `${" ".repeat(27)} ${text}`,
      );
    });
  return { lines, missing: requiredRows.filter((row) => !byRow.has(row)) };
}
