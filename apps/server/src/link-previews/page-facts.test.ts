import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodePage } from "./charset.ts";
import { readPageFacts } from "./page-facts.ts";

const at = "https://site.example/blog/post";
const facts = (html: string) => readPageFacts(html, at);

describe("what a page says of itself", () => {
  test("Open Graph before Twitter's names before HTML's own", () => {
    const html = `<title>plain</title><meta name="description" content="plain words">
      <meta name="twitter:title" content="short"><meta property="og:title" content="graph">
      <meta property="og:site_name" content="The Site"><meta name="og:description" content="graph words">`;
    expect(facts(html)).toEqual({ title: "graph", description: "graph words", siteName: "The Site", imageUrl: null });
    expect(facts("<TITLE>plain</TITLE><META NAME='Description' CONTENT=words>")).toMatchObject({
      title: "plain",
      description: "words",
    });
  });

  test("the first of each counts; empty ones do not", () => {
    const html = `<meta property="og:title" content=" "><meta property="og:title" content="one"><meta property="og:title" content="two">`;
    expect(facts(html).title).toBe("one");
  });

  test("images by their addresses, and only those of the web", () => {
    const image = (content: string, base = "") =>
      facts(`${base}<meta property="og:image" content="${content}">`).imageUrl;
    expect(image("a.png")).toBe("https://site.example/blog/a.png");
    expect(image("/a.png")).toBe("https://site.example/a.png");
    expect(image("//cdn.example/a.png")).toBe("https://cdn.example/a.png");
    expect(image("a.png", '<base href="https://cdn.example/x/">')).toBe("https://cdn.example/x/a.png");
    expect(image("a.png", '<base href="javascript:x">')).toBe("https://site.example/blog/a.png");
    for (const hostile of ["javascript:alert(1)", "data:image/png;base64,AA", "file:///etc/passwd", "http://", " "])
      expect(image(hostile)).toBeNull();
  });

  test("entities, once; and lines become one line", () => {
    expect(facts("<title>Fish &amp; Chips\n &#x1F41F; &amp;lt;b&gt;</title>").title).toBe("Fish & Chips 🐟 &lt;b>");
  });

  test("a title of a drawing is none, and what stands in scripts and comments is nothing", () => {
    const html = `<svg><title>drawing</title></svg><!-- <title>comment</title> -->
      <script>"<title>script</title>"</script><noscript><title>page</title></noscript>`;
    expect(facts(html).title).toBe("page");
  });

  test("what is not closed", () => {
    expect(facts("<title>never closed").title).toBe("never closed");
    expect(facts('<meta property="og:title" content="never closed').title).toBe("");
    expect(facts('<meta property="og:title" content="x"><body').title).toBe("x");
  });

  const deep = 200_000;
  const heavy: Record<string, string> = {
    "nested deeply": "<div>".repeat(deep),
    "nested deeply, closed wrongly": "<b><i>".repeat(deep / 2) + "</b></i>".repeat(deep / 2),
    "100,000 meta tags": '<meta property="og:title" content="a">'.repeat(100_000),
    "100,000 other meta tags": Array.from({ length: 100_000 }, (_, n) => `<meta name="n${n}" content="v">`).join(""),
    "one tag with 100,000 attributes": `<meta ${Array.from({ length: 100_000 }, (_, n) => `a${n}=b`).join(" ")}>`,
    "a title without an end": `<title>${"a".repeat(2_000_000)}`,
    "an attribute without an end": `<meta content="${"a".repeat(2_000_000)}`,
    "a comment without an end": `<!--${"-".repeat(2_000_000)}`,
    "only <": "<".repeat(2_000_000),
    "only &": "&".repeat(2_000_000),
    entities: "<title>" + "&amp;".repeat(400_000),
    "100,000 titles": "<title>a</title>".repeat(100_000),
    "CDATA and instructions": "<![CDATA[<?x ".repeat(100_000),
  };
  for (const [name, html] of Object.entries(heavy)) {
    test(`T11 ${name}`, () => {
      const beganMs = performance.now();
      const { title } = facts(html);
      console.info(`T11 ${name}: ${html.length} characters in ${Math.round(performance.now() - beganMs)} ms`);
      expect(title.length).toBeLessThan(300);
    });
  }
});

describe("pages in every encoding", () => {
  const bytes = (...hex: string[]) => new Uint8Array(Buffer.from(hex.join(""), "hex"));
  const ascii = (text: string) => Buffer.from(text, "latin1").toString("hex");
  const cases: [string, Uint8Array, string | undefined, string][] = [
    ["Shift_JIS by its header", bytes("93fa967b"), "text/html; charset=Shift_JIS", "日本"],
    [
      "GB18030 by its meta",
      bytes(ascii('<meta charset="gb18030">'), "d6d0b9fa"),
      "text/html",
      '<meta charset="gb18030">中国',
    ],
    ["windows-1251", bytes("cff0e8e2e5f2"), 'text/html; charset="windows-1251"', "Привет"],
    ["windows-1252", bytes("63616665e9"), "text/html;charset=windows-1252", "cafeé"],
    ["a mark before the header", bytes("efbbbf", "e4b8ad"), "text/html; charset=shift_jis", "中"],
    ["UTF-16 by its mark", bytes("fffe", "2d4e"), undefined, "中"],
    ["no label at all", bytes("e4b8ad"), undefined, "中"],
    ["a label that is none", bytes("e4b8ad"), "text/html; charset=klingon", "中"],
    [
      "http-equiv",
      bytes(ascii('<meta http-equiv="Content-Type" content="text/html; charset=euc-jp">'), "c6fccbdc"),
      undefined,
      '<meta http-equiv="Content-Type" content="text/html; charset=euc-jp">日本',
    ],
  ];
  for (const [name, page, header, text] of cases)
    test(name, () => {
      expect(decodePage(page, header)).toBe(text);
    });
});

const folder = process.env.SOTTO_CORPUS === undefined ? null : join(process.env.SOTTO_CORPUS, "link-preview-html");
const missing = folder === null ? "SOTTO_CORPUS is not set" : existsSync(folder) ? null : "no link-preview-html in it";
describe.skipIf(missing !== null)(`the corpus's pages${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  const read = (name: string) => {
    const page = new Uint8Array(readFileSync(join(folder ?? "", `unfurl__${name}.html`)));
    return readPageFacts(decodePage(page, "text/html"), "https://github.example/a/b");
  };
  test("titles, descriptions and images as their tests have them", () => {
    expect(read("basic_basic")).toMatchObject({ title: "ccc", description: "aaa" });
    expect(read("basic_basic-body")).toMatchObject({ title: "ccc", description: "aaa" });
    expect(read("basic_basic-duplicates")).toMatchObject({ title: "zzz", description: "xxx" });
    expect(read("basic_double_escaped-edge-case").description).toBe("&quot;");
    expect(read("open_graph_images").imageUrl).toBe(
      "https://assets-cdn.github.com/images/modules/open_graph/github-logo.png",
    );
    expect(read("open_graph_relative_url").imageUrl).toBe("https://github.example/github-logo.png");
    expect(read("twitter_card_relative_url").imageUrl).toBe("https://github.example/a.png");
    expect(read("encoding_euc-jp").title).toStartWith("【楽天市場】");
    expect(read("encoding_html_4").title).toBe("腾讯首页");
    expect(read("encoding_html_5").title).toBe("腾讯首页");
  });
});
