import { expect, test } from "bun:test";
import { fold } from "./fold.ts";
import { findMatches, snippetOf } from "./match.ts";
import { parseQuery } from "./query.ts";
import { termsOf } from "./terms.ts";

const family = "\u{1F469}\u200D\u{1F469}\u200D\u{1F467}";

/** What was written, what somebody types, and what of it is marked; null: it must not be found. */
const found: Record<string, [text: string, query: string, marked: string[] | null][]> = {
  English: [
    ["The dunes before the rain", "dunes", ["dunes"]],
    ["The Dunes before the rain", "RAIN dunes", ["Dunes", "rain"]],
    ["photographs of the sea", "photo", ["photo"]],
    ["photographs of the sea", "photo of", null],
    ["I don’t know", "don't", ["don", "t"]],
    ["I don't know", "dont", ["don't"]],
    ["I don't know", "don", ["don"]],
    ["w\u200Bo\u2060rd", "word", ["w\u200Bo\u2060rd"]],
    ["ｆｕｌｌ width", "full", ["ｆｕｌｌ"]],
  ],
  German: [
    ["Die Straße nach Köln", "strasse koln", ["Straße", "Köln"]],
    ["STRASSE", "straße", ["STRASSE"]],
    ["Ko\u0308ln im Regen", "Köln", ["Ko\u0308ln"]],
  ],
  French: [
    ["C’était l’été à Besançon", "été besancon", ["été", "Besançon"]],
    ["un œuf, cœur", "oeuf", ["œuf"]],
    ["À bientôt", "a bientot", ["À", "bientôt"]],
  ],
  Russian: [
    ["Ещё одна ёлка", "елка еще", ["Ещё", "ёлка"]],
    ["Мой дом", "мой", ["Мой"]],
    ["Мои дома", "мой", null],
    ["МОСКВА", "москва", ["МОСКВА"]],
  ],
  Greek: [
    ["Ο ουρανός της Αθήνας", "ουρανος αθηνας", ["ουρανός", "Αθήνας"]],
    ["ΟΔΟΣ", "οδός", ["ΟΔΟΣ"]],
  ],
  Turkish: [
    ["IŞIK ve gölge", "ışık", ["IŞIK"]],
    ["ışık", "isik", ["ışık"]],
    ["İstanbul'da", "istanbul", ["İstanbul"]],
    ["Diyarbakır", "DIYARBAKIR", ["Diyarbakır"]],
  ],
  Arabic: [
    ["السَّلَامُ عَلَيْكُمْ", "السلام", ["السَّلَامُ"]],
    ["أحمد في المدرسة", "احمد المدرسه", ["أحمد", "المدرسة"]],
    ["جمـــيل جدا", "جميل", ["جمـــيل"]],
    ["إلى المكتبة", "الي", ["إلى"]],
    ["سنة ٢٠٢٦", "2026", ["٢٠٢٦"]],
    ["مى‌خواهم", "میخواهم", ["مى‌خواهم"]],
  ],
  Hebrew: [
    ["שָׁלוֹם לכולם", "שלום", ["שָׁלוֹם"]],
    ["ספרים", "ספרי", ["ספרי"]],
  ],
  Hindi: [
    ["हिन्दी में तस्वीरें", "तस्वीरें", ["तस्वीरें"]],
    ["ज़िंदगी", "जिंदगी", ["ज़िंदगी"]],
    ["कि", "की", null],
  ],
  Thai: [
    ["ฉันชอบแม่น้ำเจ้าพระยามาก", "แม่น้ำ", ["แม่น้ำ"]],
    ["สวัสดีครับ", "ครับ", ["ครับ"]],
    ["สวัสดีครับ", "น้ำ", null],
  ],
  Lao: [["ສະບາຍດີຊາວໂລກ", "ບາຍດີ", ["ບາຍດີ"]]],
  Khmer: [["សួស្តីពិភពលោក", "ពិភពលោក", ["ពិភពលោក"]]],
  Burmese: [["မင်္ဂလာပါကမ္ဘာ", "ကမ္ဘာ", ["ကမ္ဘာ"]]],
  Chinese: [
    ["我们明天去北京大学拍照", "北京大学", ["北京大学"]],
    ["我们明天去北京大学拍照", "照", ["照"]],
    ["我們在臺灣看日出", "臺灣", ["臺灣"]],
    ["北京和京都", "北京都", null],
    ["用iPhone拍的照片", "iphone 照片", ["iPhone", "照片"]],
  ],
  Japanese: [
    ["東京タワーの写真を撮りました", "写真", ["写真"]],
    ["東京タワーの写真", "ﾀﾜｰ", ["タワー"]],
    ["ｶﾞｿﾘﾝ", "ガソリン", ["ｶﾞｿﾘﾝ"]],
    ["さくらが咲いた", "サクラ", ["さくら"]],
    ["カメラ", "ガメラ", null],
  ],
  Korean: [
    ["학교에서 사진을 찍었어요", "학교", ["학교"]],
    ["중학교", "학교", ["학교"]],
    ["\u1112\u1161\u11A8\u1100\u116D", "학교", ["\u1112\u1161\u11A8\u1100\u116D"]],
  ],
  Vietnamese: [["Đường phố Hà Nội", "duong ha noi", ["Đường", "Hà", "Nội"]]],
  emoji: [
    [`we ${family} came`, "\u{1F467}", [family]],
    ["so good \u{1F44D}\u{1F3FD}", "\u{1F44D}", ["\u{1F44D}\u{1F3FD}"]],
    ["from \u{1F1E9}\u{1F1EA} with love ❤️", "❤", ["❤️"]],
  ],
  addresses: [
    ["see https://www.example.com/fotos/2026?x=1", "example.com", ["example", "com"]],
    ["see https://www.example.com/fotos/2026?x=1", "fotos", ["fotos"]],
    ["thanks @anna.berg!", "@anna.berg", ["anna", "berg"]],
    ["thanks @anna.berg!", "berg", ["berg"]],
    ["room 4021, at 17:30", "4021 17:30", ["4021", "17", "30"]],
  ],
};

for (const [script, cases] of Object.entries(found))
  test(`C18 search finds ${script} as people type it, and marks whole characters`, () => {
    for (const [text, typed, marked] of cases) {
      const query = parseQuery(typed);
      const matches = findMatches(text, query);
      const indexed = new Set(termsOf(text));
      if (matches === null) {
        expect({ text, typed, marked }).toEqual({ text, typed, marked: null });
        continue;
      }
      const snippet = snippetOf(text, matches);
      expect({ text, typed, marked: snippet.ranges.map(([start, end]) => snippet.text.slice(start, end)) }).toEqual({
        text,
        typed,
        marked: marked ?? ["nothing"],
      });
      const held = query.parts.every((part) =>
        part.is === "run" ? [...part.text].every((one) => /\p{M}/u.test(one) || indexed.has(one)) : true,
      );
      expect({ text, held }).toEqual({ text, held: true });
    }
  });

test("C18 a text has each term once, at most a thousand, none longer than a key may be", () => {
  const many = Array.from({ length: 5_000 }, (_, n) => `word${n}`).join(" ");
  expect(termsOf(many)).toHaveLength(1_000);
  expect(termsOf("again again AGAIN")).toEqual(["again"]);
  const long = termsOf(`${"a".repeat(60_000)} ${"x".repeat(63)}\u{20000}`);
  expect(long.every((term) => term.length <= 64 && term.isWellFormed())).toBe(true);
});

test("C18 a snippet is one line of whole characters and cannot turn what follows it", () => {
  const text = `${"before ".repeat(40)}\u202E\u2067needle\u2069\n${family.repeat(200)}`;
  const snippet = snippetOf(text, findMatches(text, parseQuery("needle")) ?? []);
  expect(snippet.text).not.toMatch(/[\u202A-\u202E\u2066-\u2069\n]/u);
  expect(snippet.ranges.map(([start, end]) => snippet.text.slice(start, end))).toEqual(["needle"]);
  expect(snippet.text.startsWith("…before")).toBe(true);
  expect([...new Intl.Segmenter("en").segment(snippet.text)].length).toBeLessThanOrEqual(162);
  expect(snippet.text.replaceAll(family, "").endsWith("needle …")).toBe(true);
});

test("T28 the worst 50 kB are folded, cut into terms, compared and shown without a stall of 50 ms", () => {
  const worst: Record<string, string> = {
    zalgo: "a\u0301\u0316".repeat(8_333),
    "marks alone": "\u0315\u0300\u0327".repeat(8_333),
    "one mark over and over": `e${"\u0301".repeat(25_000)}`,
    apostrophes: "a'".repeat(25_000),
    thai: "น้ำ".repeat(5_555),
    han: Array.from({ length: 16_666 }, (_, n) => String.fromCharCode(0x4e00 + n)).join(""),
    "one word": "x".repeat(50_000),
    jamo: "\u1112\u1161\u11A8".repeat(5_555),
    emoji: family.repeat(2_700),
    flags: "\u{1F1E9}".repeat(12_500),
    arabic: "سَّ".repeat(8_300),
    ligatures: "ﷺ".repeat(16_666),
    "every letter another": Array.from({ length: 16_000 }, (_, n) => String.fromCharCode(0x3400 + n)).join("\u0301"),
    spaces: " ".repeat(50_000),
    "links without an end": "http://".repeat(7_142),
  };
  let slowest = { name: "", ms: 0 };
  for (const [name, text] of Object.entries(worst)) {
    const beganMs = performance.now();
    termsOf(text);
    const termsMs = performance.now();
    const matches = findMatches(text, parseQuery(text.slice(0, 100)));
    const matchMs = performance.now();
    if (matches) snippetOf(text, matches);
    const steps = [termsMs - beganMs, matchMs - termsMs, performance.now() - matchMs];
    const ms = Math.max(...steps);
    if (ms > slowest.ms) slowest = { name, ms };
    expect(fold(text).starts).toHaveLength(fold(text).text.length);
  }
  console.log(
    `T28: ${Object.keys(worst).length} worst strings of 50 kB: longest stall ${slowest.ms.toFixed(1)} ms (${slowest.name})`,
  );
});
