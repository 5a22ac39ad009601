/**
 * How texts are compared in search: compatibility forms, case and the marks that people leave out are gone, and so is what
 * nobody sees (zero-width and bidirectional characters). Letter by letter, so that a place in the folded text is a place in the
 * written one, and in linear time (T28): a letter takes at most 16 marks with it.
 *
 * Vowels that are marks stay (Hindi, Thai, Burmese), and so do marks that make another letter: ガ is not カ, й is not и.
 */
export interface Folded {
  text: string;
  /** For each UTF-16 unit of `text`, where in the written text its letter begins and ends. */
  starts: number[];
  ends: number[];
}

/** Some letters fold to eighteen: a text of those is compared up to here. */
const foldedUnitsMost = 100_000;

export function fold(written: string): Folded {
  let text = "";
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < written.length && text.length < foldedUnitsMost;) {
    const end = letterEnd(written, at);
    const folded = foldLetter(written.slice(at, end));
    text += folded;
    for (let n = 0; n < folded.length; n += 1) {
      starts.push(at);
      ends.push(end);
    }
    at = end;
  }
  return { text, starts, ends };
}

/** A syllable of separate jamo, a letter with its marks, or marks that have lost theirs. */
const letter =
  /(?:[\u1100-\u115F][\u1160-\u11A7]?[\u11A8-\u11FF]?|[^\p{M}])[\p{M}\uFF9E\uFF9F]{0,16}|[\p{M}\uFF9E\uFF9F]{1,16}/suy;
const firstMark = 0x300;

function letterEnd(text: string, at: number): number {
  // Nothing before the first mark is one, and Latin text is mostly that.
  const plain = text.charCodeAt(at) < firstMark;
  if (plain && (at + 1 === text.length || text.charCodeAt(at + 1) < firstMark)) return at + 1;
  letter.lastIndex = at;
  return letter.test(text) ? letter.lastIndex : at + 1;
}

/** Folded letters, for normalizing one costs 1 to 2 µs. Begun anew when it is full. */
const known = new Map<string, string>();
const knownMost = 20_000;

function foldLetter(written: string): string {
  if (written.length === 1 && written < "\u0080") return written.toLowerCase();
  const before = known.get(written);
  if (before !== undefined) return before;
  const folded = foldAnew(written);
  if (known.size >= knownMost) known.clear();
  known.set(written, folded);
  return folded;
}

function foldAnew(written: string): string {
  // Up and down again: ß is ss, a dotless ı is i, a final ς is σ.
  const small = written.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFD");
  return small
    .replaceAll(unseen, "")
    .replaceAll(/([иу])\u0306|(і)\u0308|\p{M}/gu, (mark, breve: string | undefined, diaeresis: string | undefined) =>
      breve !== undefined || diaeresis !== undefined || !leftOut.test(mark) ? mark : "",
    )
    .normalize("NFC")
    .replaceAll(/[^\p{ASCII}]/gu, (one) => same.get(one) ?? digit(one) ?? one);
}

/** Invisible; and the Arabic stroke that only widens a word. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u0640]/gu;

/** Accents of Latin, Greek and Cyrillic; the points of Hebrew and Arabic; the Indian nukta; variation selectors. */
const leftOut =
  /^(?:[\u0300-\u036F\u0483-\u0487]|[\u0591-\u05C7]|[\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06ED\u0730-\u074A\u08CA-\u08FF]|\u093C|\u09BC|\u0A3C|\u0ABC|\u0B3C|\u0CBC|[\u1AB0-\u1AFF\u1DC0-\u1DFF]|[\u20D0-\u20FF]|[\uFE00-\uFE0F]|[\uFE20-\uFE2F])$/u;

/** Letters without a decomposition that people type as one another. */
const same = new Map<string, string>([
  ...pairs("øo đd ðd łl ħh ŧt ıi"),
  ["æ", "ae"],
  ["œ", "oe"],
  ["þ", "th"],
  ["ς", "σ"],
  ["\u2019", "'"],
  ["\u02BC", "'"],
  ...pairs("ٱا ةه ىي یي کك ەه ہه ھه"),
  ...pairs("ךכ םמ ןנ ףפ ץצ"),
  // Katakana as hiragana.
  ...Array.from({ length: 0x30f6 - 0x30a1 + 1 }, (_, n): [string, string] => [
    String.fromCharCode(0x30a1 + n),
    String.fromCharCode(0x3041 + n),
  ]),
]);

function pairs(list: string): [string, string][] {
  return list.split(" ").map((pair) => [pair.charAt(0), pair.charAt(1)]);
}

const zeros = [
  0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040, 0x17e0,
];

/** ٣ is 3. */
function digit(one: string): string | undefined {
  const code = one.codePointAt(0) ?? 0;
  const zero = zeros.findLast((first) => first <= code);
  return zero !== undefined && code < zero + 10 ? String(code - zero) : undefined;
}
